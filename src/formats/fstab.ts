import { decodeBytes } from './bytes.ts';
import { unescapeOctal } from './octal-escape.ts';

/** One line of fstab(5). */
export interface FstabEntry {
  /** A device, a tag such as `UUID=…`, or, for swap, the path of a file. */
  readonly source: string;
  /** `none` for swap. */
  readonly mountPoint: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** Parses /etc/fstab; comments and lines that are cut short are passed over. */
export const parseFstab = (bytes: Uint8Array): readonly FstabEntry[] =>
  decodeBytes(bytes)
    .split('\n')
    .flatMap((line) => {
      const [source, mountPoint, type, options = ''] = line
        .trim()
        .split(/[ \t]+/)
        .map(unescapeOctal);
      if (!source || source.startsWith('#') || !mountPoint || !type) return [];
      return [{ source, mountPoint, type, options: options.split(',') }];
    });
