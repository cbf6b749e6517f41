import { expect, test } from 'vitest';
import { foldersSkippedIn, lastStampIn } from '../../../src/formats/kernel-log.ts';

/** As Linux 6.1, 6.12 and 6.18 write it. */
const log = `[   12.000001] EXT4-fs error (device loop0): htree_dirblock_to_tree:1083: inode #11: block 530: comm node: bad entry in directory: rec_len is smaller than minimal - offset=0, inode=0, rec_len=0, size=1024 fake=0
[14628.013466] EXT4-fs error (device loop0): ext4_lookup:1787: inode #54: comm WorkerThread: iget: checksum invalid
[14628.026189] EXT4-fs error (device loop0): ext4_readdir:222: inode #12: comm tar: path /proc/driver/2/a b: directory fails checksum at offset 7168
[14628.026190] EXT4-fs error (device loop1): ext4_readdir:222: inode #13: comm tar: path /x: directory fails checksum at offset 0
[14630.209017] EXT4-fs error (device loop0): htree_dirblock_to_tree:1083: inode #14: block 9: comm x: bad entry in directory: directory entry overrun
[14630.209018] EXT4-fs error (device loop0): htree_dirblock_to_tree:1083: inode #14: block 10: comm x: bad entry in directory: directory entry overrun
[14631.292617] EXT4-fs error (device loop2): ext4_inlinedir_to_tree:1330: inode #13: block 34: comm ls: path /proc/driver/a: bad entry in directory: directory entry too close to block end - offset=88, inode=12, rec_len=28, size=92 fake=0
[14638.344402] loop0: detected capacity change from 0 to 524288
`;

test('folders that were skipped on this device, since a moment, each once', () => {
  expect(foldersSkippedIn(log, 'loop0', 12.000001)).toEqual([12, 14]);
  expect(foldersSkippedIn(log, 'loop0', 14628.1)).toEqual([14]);
  expect(foldersSkippedIn(log, 'loop1', -1)).toEqual([13]);
  expect(foldersSkippedIn(log, 'loop2', -1)).toEqual([13]);
  expect(foldersSkippedIn('', 'loop0', -1)).toEqual([]);
});

test('the moment is that of the last line', () => {
  expect(lastStampIn(log)).toBe(14638.344402);
  expect(lastStampIn('')).toBe(-1);
});
