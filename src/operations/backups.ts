import type { CopyOperation } from './operation.ts';

/** Home Assistant's backups and their key: lists them, and writes them into a folder as they are, decrypted or repaired. */
export const backups = {
  id: 'backups',
  kind: 'copy',
  faces: ['cli', 'tui'],
  inputs: {
    action: { kind: 'choice', among: ['list', 'export', 'decrypt', 'repair'], isPositional: true },
    names: { kind: 'names', isPositional: true },
    /** Needed by all but `list`. */
    to: { kind: 'destination' },
    /** With `repair`: decrypt what was repaired as well. */
    decrypt: { kind: 'flag' },
    'key-file': { kind: 'file' },
  },
} as const satisfies CopyOperation;
