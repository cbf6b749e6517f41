import { decodeBytes } from './bytes.ts';
import { unescapeOctal } from './octal-escape.ts';

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
