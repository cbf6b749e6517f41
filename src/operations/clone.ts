import type { CopyOperation } from './operation.ts';

/** Images a failing disk with GNU ddrescue. */
export const clone = {
  id: 'clone',
  kind: 'copy',
  faces: ['cli'],
  inputs: {
    device: { kind: 'text', isRequired: true, isPositional: true },
    file: { kind: 'text', isRequired: true, isPositional: true },
  },
} as const satisfies CopyOperation;
