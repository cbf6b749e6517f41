/** What node:fs throws: the kernel's answer, by its name in errno(3). */
export type SystemError = Error & { readonly code: string };

export const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';

/** For a catch: turns these answers of the kernel into undefined, and throws on everything else. */
export const unless =
  (...codes: readonly string[]) =>
  (error: unknown): undefined => {
    if (!isSystemError(error) || !codes.includes(error.code)) throw error;
  };
