import { decodeBytes, encodeBytes } from './bytes.ts';

/** One mount, as /proc/PID/mountinfo shows it (proc_pid_mountinfo(5)). */
export interface Mount {
  /** major:minor of what is mounted; 0:… for file systems without a device, and for btrfs. */
  readonly device: string;
  /** Which folder of the file system is mounted; other than / for a bind mount or a subvolume. */
  readonly root: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
  /** Options of the file system (not of this mount): rw or ro, lowerdir=…, … */
  readonly options: readonly string[];
}

/** Parses /proc/PID/mountinfo. Spaces, newlines and backslashes in it stand as octal escapes. */
export const parseMountinfo = (bytes: Uint8Array): readonly Mount[] =>
  decodeBytes(bytes)
    .split('\n')
    .flatMap((line) => {
      const [head = '', tail = ''] = line.split(' - ', 2);
      const [, , device, root, mountPoint] = head.split(' ');
      const [type, source, options] = tail.split(' ');
      if (!device || !root || !mountPoint || !type) return [];
      return [
        {
          device,
          root: unescapeOctal(root),
          mountPoint: unescapeOctal(mountPoint),
          type,
          source: unescapeOctal(source ?? ''),
          options: unescapeOctal(options ?? '').split(','),
        },
      ];
    });

const unescapeOctal = (text: string): string => {
  if (!text.includes('\\')) return text;
  const bytes = text
    .split(/\\([0-7]{3})/)
    .flatMap((part, index) => (index % 2 === 0 ? [...encodeBytes(part)] : [Number.parseInt(part, 8)]));
  return decodeBytes(Uint8Array.from(bytes));
};
