import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createExtImage, poke, sha256 } from '../../support/disk-image.ts';
import { checkManifest, recover, withMounted } from '../../support/recovery.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { run } from '../../support/tools.ts';

/** One bad entry costs one name, never the folder: what the kernel does not list or find is copied by inode numbers. */

const at = scratchFolder('spoilt-folders');

const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `file${String(index).padStart(4, '0')}`);

const createImage = (name: string, count: number, features: string): string =>
  createExtImage(at(name), {
    options: ['-b', '1024', '-O', features, '-N', String(count + 500)],
    files: Object.fromEntries(names(count).map((file) => [`home/${file}`, `content of ${file}`])),
  });

/** Where a name stands in the blocks of a folder. */
const placeOf = (image: string, folder: string, name: string): number => {
  const bytes = readFileSync(image);
  for (const block of run('debugfs', ['-R', `blocks ${folder}`, image])
    .trim()
    .split(' ')) {
    const start = Number(block) * 1024;
    const found = bytes.subarray(start, start + 1024).indexOf(name);
    if (found >= 0) return start + found;
  }
  throw new Error(`${name} is in no block of ${folder}`);
};

/** Which names are in the copy, each with its own content. */
const copied = (to: string): readonly string[] =>
  readdirSync(`${to}/home`)
    .filter((name) => readFileSync(`${to}/home/${name}`, 'utf8') === `content of ${name}`)
    .sort();

test('a slash in a name: the others come out, and the folder is named', () => {
  const image = createImage('slash.img', 50, '^metadata_csum,^dir_index');
  poke(image, placeOf(image, '/home', 'file0025') + 4, Buffer.from('/'));
  const before = sha256(image);
  const { status, receipt } = recover(image, ['/'], at('slash'));
  expect(copied(at('slash'))).toEqual(names(50).filter((name) => name !== 'file0025'));
  expect(status).toBe(1);
  expect(receipt.summary.problems.map((each) => [each.kind, 'path' in each && each.path])).toEqual([
    ['unreadable-folder', '/home'],
  ]);
  expect(sha256(image)).toBe(before);
  checkManifest(at('slash'));
});

test('a bad inode where folders hold no types: cp and debugfs get the others, and so do we', () => {
  const image = createImage('no-types.img', 50, '^metadata_csum,^filetype,^dir_index');
  run('debugfs', ['-w', '-R', 'set_inode_field /home/file0025 mode 0', image]);
  const { status, receipt } = recover(image, ['/home'], at('no-types'));
  expect(copied(at('no-types'))).toEqual(names(50).filter((name) => name !== 'file0025'));
  expect(status).toBe(1);
  expect(receipt.summary.problems).toContainEqual({ kind: 'unreadable-file', path: '/home/file0025', reason: 'EIO' });
  checkManifest(at('no-types'));
});

test('a name block with a wrong checksum: the driver skips it, and every name comes out', () => {
  const image = createImage('checksum.img', 400, 'metadata_csum,dir_index');
  // A bit in the middle of a name would be a wrong name; the checksum itself is at the end of the block.
  const place = placeOf(image, '/home', 'file0200');
  poke(image, place - (place % 1024) + 1023, Buffer.from([0x5a]));
  const { status, receipt } = recover(image, ['/'], at('checksum'));
  expect(copied(at('checksum'))).toEqual(names(400));
  expect(status).toBe(1);
  expect(receipt.summary.problems).toEqual([{ kind: 'damaged-folder', path: '/home' }]);
  checkManifest(at('checksum'));
});

/** Twelve hundred names in one folder that has an index, of two levels with blocks this small. */
const createIndexed = (name: string): string => {
  const image = createExtImage(at(name), { options: ['-b', '1024', '-O', '^metadata_csum,dir_index', '-N', '3000'] });
  const script = 'cd "$1" && mkdir home && cd home && for i in $(seq 1 1200); do echo $i >a-rather-long-name-$i; done';
  withMounted(image, 'rw', script);
  return image;
};

const namesSeen = (image: string): number => Number(withMounted(image, 'ro,noload', 'ls "$1/home" | sort -u | wc -l'));

/** Linux, ext4/directory.rst: the first entry, which is limit, count and block, and others of a hash and a block. */
const rootEntriesAt = 0x20;
const firstBlockOf = (image: string): number =>
  Number(run('debugfs', ['-R', 'blocks /home', image]).trim().split(' ')[0]) * 1024;

test.each<[string, (image: string) => void]>([
  [
    'twice to one block',
    (image) => {
      const at = firstBlockOf(image) + rootEntriesAt;
      const entry = readFileSync(image).subarray(at + 12, at + 16);
      poke(image, at + 20, entry);
    },
  ],
  [
    'to one block less',
    (image) => {
      const at = firstBlockOf(image) + rootEntriesAt + 2;
      const count = readFileSync(image).readUInt16LE(at);
      poke(image, at, Uint8Array.of(count - 1, 0));
    },
  ],
  [
    'in another order',
    (image) => {
      const at = firstBlockOf(image) + rootEntriesAt + 8;
      const bytes = readFileSync(image);
      poke(image, at, Buffer.concat([bytes.subarray(at + 8, at + 16), bytes.subarray(at, at + 8)]));
    },
  ],
])('an index that leads %s: the driver leaves names out without a word, and every name comes out', (way, spoil) => {
  const image = createIndexed(`${way}.img`);
  expect(namesSeen(image)).toBe(1200);
  spoil(image);
  expect(namesSeen(image)).toBeLessThan(1200);
  const { status, receipt } = recover(image, ['/'], at(way));
  const found = readdirSync(at(`${way}/home`));
  for (const name of found) expect(readFileSync(at(`${way}/home/${name}`), 'utf8')).toBe(`${name.slice(19)}\n`);
  expect([found.length, status, receipt.summary.problems]).toEqual([1200, 0, []]);
  checkManifest(at(way));
});

test('a folder that is longer than it says: the driver goes by its size, and every name comes out', () => {
  const image = createImage('short.img', 100, '^metadata_csum,^dir_index');
  run('debugfs', ['-w', '-R', 'set_inode_field /home size 1024', image]);
  expect(namesSeen(image)).toBeLessThan(100);
  const { status, receipt } = recover(image, ['/'], at('short'));
  expect([copied(at('short')), status, receipt.summary.problems]).toEqual([names(100), 0, []]);
  checkManifest(at('short'));
});

test('an index whose blocks are wrong by their checksums, too: every name comes out, and the folder is named', () => {
  const image = createImage('both.img', 10, 'metadata_csum,dir_index');
  withMounted(image, 'rw', 'cd "$1" && mkdir grown && cd grown && for i in $(seq 1 400); do echo $i >number$i; done');
  const [first = 0] = run('debugfs', ['-R', 'blocks /grown', image]).trim().split(' ').map(Number);
  poke(image, first * 1024 + rootEntriesAt + 12, Uint8Array.of(1));
  const { status, receipt } = recover(image, ['/'], at('both'));
  expect(readdirSync(at('both/grown'))).toHaveLength(400);
  expect([status, receipt.summary.problems]).toEqual([1, [{ kind: 'damaged-folder', path: '/grown' }]]);
});

test('an index that leads nowhere: names that are listed and not found come out, and nothing is missing', () => {
  const image = createImage('index.img', 10, '^metadata_csum,dir_index');
  // mke2fs -d makes no index: the kernel does, when a folder grows.
  withMounted(image, 'rw', 'cd "$1" && mkdir grown && cd grown && for i in $(seq 1 400); do echo $i >number$i; done');
  run('debugfs', ['-w', '-R', 'set_super_value hash_seed 11111111-2222-3333-4444-555555555555', image]);
  expect(
    withMounted(
      image,
      'ro,noload',
      'ls "$1/grown" | while read n; do cat "$1/grown/$n"; done 2>&1 | grep -c "No such" || true',
    ).trim(),
  ).not.toBe('0');
  const { status, receipt } = recover(image, ['/'], at('index'));
  expect(receipt.summary.problems).toEqual([]);
  expect(status).toBe(0);
  const grown = readdirSync(at('index/grown'));
  expect(grown).toHaveLength(400);
  for (const name of grown) expect(readFileSync(at(`index/grown/${name}`), 'utf8')).toBe(`${name.slice(6)}\n`);
  checkManifest(at('index'));
});
