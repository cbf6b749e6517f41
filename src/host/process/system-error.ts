/** What node:fs throws: the kernel's answer, by its name in errno(3). */
export type SystemError = Error & { readonly code: string };

export const isSystemError = (error: unknown): error is SystemError => {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'))
    return false;
  error.code = unnamed[error.code] ?? error.code;
  return true;
};

/** Linux's numbers of what libuv has no names for, and damaged or encrypted file systems answer (errno(3)). */
const unnamed: Readonly<Record<string, string>> = {
  'Unknown system error -74': 'EBADMSG',
  'Unknown system error -117': 'EUCLEAN',
  'Unknown system error -126': 'ENOKEY',
};

/** For a catch: turns these answers of the kernel into undefined, and throws on everything else. */
export const unless =
  (...codes: readonly string[]) =>
  (error: unknown): undefined => {
    if (!isSystemError(error) || !codes.includes(error.code)) throw error;
  };
