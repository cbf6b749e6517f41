import type { BigIntStats } from 'node:fs';
import type { EntryPath } from '../../foreign/entries.ts';
import type { OpenFolderPath, RawPath } from '../../tree/raw-path.ts';
import type { Before, CopierSetup } from './messages.ts';

/** Where one file comes from and goes to: open folders, as paths. */
export interface Place {
  readonly source: OpenFolderPath;
  readonly target: OpenFolderPath;
  readonly before: Before;
  readonly takesLinked: boolean;
  readonly keepsDamaged: boolean;
}

/** What one copying thread has at hand. */
export interface Bench {
  readonly setup: CopierSetup;
  /** A name of its own in the staging folder. */
  readonly staging: EntryPath;
  readonly small: Buffer;
  /** The file that was last written, where it is to be handed over. */
  output: number | undefined;
  readonly addBytes: (bytes: number) => void;
  /** @throws TargetError where somebody asked to stop */
  readonly goOn: (path: RawPath) => void;
}

export interface Copied {
  readonly sizeBytes: number;
  readonly digest?: string;
  /** What could not be read. */
  readonly ranges: readonly { readonly startBytes: number; readonly endBytes: number }[];
}

/** st_blocks counts 512 bytes each (stat(2)). */
export const hasHoles = (stats: BigIntStats): boolean => stats.blocks * 512n < stats.size;
