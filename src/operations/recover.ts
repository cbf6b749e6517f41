import type { CopyOperation } from './operation.ts';

/** Copies files and folders out of a volume, with checksums and a receipt (engine/recovery). */
export const recover = {
  id: 'recover',
  kind: 'copy',
  faces: ['cli', 'jobs', 'tui'],
  inputs: {
    paths: { kind: 'paths', isRequired: true, isPositional: true },
    to: { kind: 'destination', isRequired: true },
    /** Also owners, setuid and setgid bits and file capabilities. */
    owners: { kind: 'flag' },
    /** Hash the source before and after. */
    prove: { kind: 'flag' },
  },
} as const satisfies CopyOperation;
