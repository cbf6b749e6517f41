import { isSystemError } from '../../process/system-error.ts';
import type { RawPath } from '../../tree/raw-path.ts';

/** The target cannot be written any more: full, pulled out, write-protected. It ends a copy; a bad source file does not. */
export class TargetError extends Error {
  readonly code: string;
  readonly path: RawPath;

  constructor(code: string, path: RawPath, cause: unknown) {
    super(code, { cause });
    this.code = code;
    this.path = path;
  }
}

/** As if the target had failed: somebody asked to stop. */
export const stoppedCode = 'ECANCELED';

/** As if the target had failed: what is copied contains the target itself, by way of a mount. */
export const insideCode = 'EINSIDE';

/** Runs something that concerns the target alone. @throws TargetError */
export const toTarget = <T>(action: () => T, path: RawPath): T => {
  try {
    return action();
  } catch (error) {
    if (isSystemError(error)) throw new TargetError(error.code, path, error);
    throw error;
  }
};
