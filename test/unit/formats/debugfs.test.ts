import { describe, expect, test } from 'vitest';
import {
  createNameCounter,
  parseDebugfsInode,
  parseDebugfsMetadata,
  parseDebugfsShape,
  takeEntries,
} from '../../../src/formats/debugfs.ts';

const line = (inode: number, name: string, mode = '100644', size = '5'): string =>
  `/${inode}/${mode}/0/0/${name}/${size}/\n`;
const padding = ' '.repeat(400);

describe('ls -p', () => {
  test('names of every kind, and none of the two that every folder has', () => {
    const text = [
      line(2, '.', '040755', ''),
      line(2, '..', '040755', ''),
      line(12, 'a b'),
      line(13, 'caf\xe9'),
      line(14, 'two\nlines'),
      line(15, 'folder', '040755', ''),
      line(16, 'link', '120777', '3'),
      line(17, 'fifo', '010644', '0'),
      line(18, 'x'.repeat(255)),
    ].join('');
    const { entries, rest } = takeEntries(`${text}\n${padding}`);
    expect(entries.map(({ inode, kind, name }) => [inode, kind, name])).toEqual([
      [12, 'file', 'a b'],
      [13, 'file', 'caf\xe9'],
      [14, 'file', 'two\nlines'],
      [15, 'directory', 'folder'],
      [16, 'symlink', 'link'],
      [17, 'other', 'fifo'],
      [18, 'file', 'x'.repeat(255)],
    ]);
    expect(entries[0]?.sizeBytes).toBe(5);
    expect(rest).toBe('');
  });

  test('cut at any place, it goes on', () => {
    const text = line(12, 'one') + line(13, 'two\n9') + line(14, 'y'.repeat(255));
    for (let cut = 0; cut <= text.length; cut++) {
      const first = takeEntries(text.slice(0, cut));
      const second = takeEntries(`${first.rest}${text.slice(cut)}${padding}`);
      expect([...first.entries, ...second.entries].map(({ inode }) => inode)).toEqual([12, 13, 14]);
    }
  });

  test('no name has a slash in it, and none is empty or goes on for ever', () => {
    const text = [
      line(12, '../evil'),
      line(13, ''),
      line(14, 'z'.repeat(256)),
      line(15, 'a\0b'),
      line(16, 'good'),
    ].join('');
    const { entries, odd } = takeEntries(`${text}${padding}`);
    expect(entries.map(({ name }) => name)).toEqual(['good']);
    expect(odd).toBe(4);
  });

  test('what is deleted is nothing odd, and a folder’s own two names are counted', () => {
    const text = [line(2, '.', '040755', ''), line(2, '..', '040755', ''), line(0, 'a/b'), line(0, ''), line(0, 'c')];
    expect(takeEntries(`${text.join('')}${padding}`)).toMatchObject({ entries: [], dots: 2, odd: 0 });
  });
});

const stat = (rest: string, head = 'Type: regular    Mode:  4755   Flags: 0x80000', count = 8): string =>
  `Inode: 12   ${head}
Generation: 0    Version: 0x00000000:00000000
User:  1000   Group:   100   Project:     0   Size: 9001
File ACL: 0
Links: 2   Blockcount: ${count}
Fragment:  Address: 0    Number: 0    Size: 0
 ctime: 0x6b015931:00000000 -- Sat Nov 21 08:41:21 2026
 atime: 0x00000001:00000000 -- Thu Jan  1 00:00:01 1970
 mtime: 0x80000000:ee6b27fd -- some day
crtime: 0x6b015931:00000000 -- Sat Nov 21 08:41:21 2026
Size of extra inode fields: 32
${rest}`;

describe('stat', () => {
  test('owner, mode, links, and times that the bits of 1970 do not hold', () => {
    expect(parseDebugfsInode(stat('EXTENTS:\n(0):5000\n'))).toMatchObject({
      kind: 'file',
      sizeBytes: 9001,
      mode: 0o4755,
      uid: 1000,
      gid: 100,
      links: 2,
      accessedAtNs: 1_000_000_000n,
      // -2^31 and one turn of 2^32 more; nanoseconds are the upper 30 bits.
      modifiedAtNs: 2_147_483_648_000_000_000n + BigInt(0xee6b27fd >>> 2),
      isImmutable: false,
      isInline: false,
      sectors: 8,
    });
    expect(parseDebugfsInode(stat('', 'Type: regular    Mode:  0644   Flags: 0x10000030'))).toMatchObject({
      isImmutable: true,
      isInline: true,
    });
  });

  test('extents, with what was never written left out', () => {
    const { blocks, listedBlocks } =
      parseDebugfsInode(stat('EXTENTS:\n(ETB0):33, (0-3):5000-5003, (4-5[u]):6000-6001, (9):7000\n')) ?? {};
    expect(blocks).toEqual([
      { first: 0, count: 4, at: 5000 },
      { first: 9, count: 1, at: 7000 },
    ]);
    expect(listedBlocks).toBe(8);
  });

  test('block lists of ext2 and ext3', () => {
    const { blocks, listedBlocks } =
      parseDebugfsInode(stat('BLOCKS:\n(0-11):594-605, (IND):606, (12):607\nTOTAL: 14\n')) ?? {};
    expect(blocks).toEqual([
      { first: 0, count: 12, at: 594 },
      { first: 12, count: 1, at: 607 },
    ]);
    expect(listedBlocks).toBe(14);
  });

  test('lists that overlap or go backwards are not followed twice', () => {
    const { blocks } = parseDebugfsInode(stat('EXTENTS:\n(0-9):100-109, (5):200, (20-12):1-2, (30):300\n')) ?? {};
    expect(blocks?.map(({ first }) => first)).toEqual([0, 30]);
  });

  test('a link is as long as its size says, whatever is in it', () => {
    const target = 'x"\nEXTENTS:\n(0):1\n';
    const text = stat(`Fast link dest: "${target}"\n`, 'Type: symlink    Mode:  0777   Flags: 0x0').replace(
      '9001',
      String(target.length),
    );
    expect(parseDebugfsInode(text)).toMatchObject({ kind: 'symlink', linkTarget: target });
  });

  test('what is no inode is none', () => {
    expect(parseDebugfsInode('')).toBeUndefined();
    expect(parseDebugfsInode('stat: Inode number out of range')).toBeUndefined();
    expect(parseDebugfsInode(stat('', 'Type: bad type    Mode:  0000   Flags: 0x0'))).toBeUndefined();
  });
});

test('show_super_stats: a block that no file system has is no answer', () => {
  const shape = (bytes: number) =>
    `Block count:              16384\nReserved block count:     819\nBlock size:               ${bytes}\n`;
  expect(parseDebugfsShape(shape(4096))).toEqual({ blockBytes: 4096, blocks: 16384 });
  expect(parseDebugfsShape(shape(0))).toBeUndefined();
  expect(parseDebugfsShape(shape(2 ** 30))).toBeUndefined();
  expect(parseDebugfsShape('debugfs: Bad magic number')).toBeUndefined();
});

test('show_super_stats: bitmaps and inode tables of every group, run together where they touch', () => {
  const text = `Inode blocks per group:   8
Directories:              2
 Group  0: block bitmap at 2, inode bitmap at 18, inode table at 34
           485 free blocks, 114 free inodes, 2 used directories, 78 unused inodes
           [Checksum 0xf020]
 Group  1: block bitmap at 3, inode bitmap at 19, inode table at 42
`;
  expect(parseDebugfsMetadata(text)).toEqual([
    { start: 2, end: 4 },
    { start: 18, end: 20 },
    { start: 34, end: 50 },
  ]);
  expect(parseDebugfsMetadata('')).toEqual([]);
});

test('names of several folders are counted, however the text is cut, and whatever the names pretend', () => {
  const text = [
    'debugfs: ls -p <12>\n/12/040755/0/0/.//\n/2/040755/0/0/..//\n/13/100644/0/0/one/5/\n/14/100644/0/0/two/5/\n\n',
    'debugfs: ls -p <15>\n/15/040755/0/0/.//\n/2/040755/0/0/..//\n/16/100644/0/0/a\ndebugfs: ls -p <12>\n/5/\n\n',
    'debugfs: ls -p <17>\n/17/040755/0/0/.//\n/2/040755/0/0/..//\n/0/100644/0/0/gone/5/\n\n',
  ].join('');
  for (const size of [1, 7, 64, text.length]) {
    const counter = createNameCounter();
    for (let at = 0; at < text.length; at += size) counter.take(text.slice(at, at + size));
    expect([...counter.end()]).toEqual([
      [12, 2],
      [15, 1],
      [17, 0],
    ]);
  }
});
