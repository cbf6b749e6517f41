import type { OpenBytes } from './byte-reader.ts';

export type SecureTarVersion = 1 | 2 | 3;

/** An encrypted archive that can be read from any byte on. */
export interface SecureTarFile {
  readonly sizeBytes: number;
  readonly open: OpenBytes;
}

/** What an archive comes to, found before it is decrypted. */
export interface SecureTarMeasure {
  readonly version: SecureTarVersion;
  /** Of what is inside, `end` included. */
  readonly plainBytes: number;
  /** What stands at the end in the place of what does: version 1 spoilt gzip's footer. */
  readonly end: Uint8Array;
}
