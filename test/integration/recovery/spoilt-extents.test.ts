import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { expect, test } from 'vitest';
import { createSparse, poke } from '../../support/disk-image.ts';
import { seededRandom } from '../../support/random.ts';
import { recover, withMounted } from '../../support/recovery.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { run, statusOf } from '../../support/tools.ts';

/**
 * Every block of every extent tree is spoilt in turn, as a bad sector or a flipped bit leaves it. What stands under a
 * good name afterwards must be what was written, whatever the kernel and its tools say; what cp can read, we can too;
 * and nothing may be missing in silence. SPAREKEY_LONG tries every way of spoiling on every block.
 */

const at = scratchFolder('spoilt-extents');
const isLong = process.env['SPAREKEY_LONG'] !== undefined;
const blockBytes = 1024;

/** Pieces of one block, with a hole behind each: as many extents as there are pieces. */
const writeSparse = (path: string, pieces: number, sizeBytes: number): void => {
  const file = openSync(path, 'w');
  for (let piece = 0; piece < pieces; piece++)
    writeSync(file, Buffer.alloc(blockBytes, `${piece} `), 0, blockBytes, piece * 2 * blockBytes);
  ftruncateSync(file, sizeBytes);
  fsyncSync(file);
  closeSync(file);
};

const files = ['deep', 'small', 'tail', 'dense', 'plain'];

const createImage = (path: string, features: string): ReadonlyMap<string, Buffer> => {
  const root = at('root');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root);
  // Two levels below the root of the tree; one level and less than what is read in one go; and a long hole at the end.
  writeSparse(`${root}/deep`, 700, 1400 * blockBytes);
  writeSparse(`${root}/small`, 100, 200 * blockBytes);
  writeSparse(`${root}/tail`, 400, 8000 * blockBytes);
  createSparse(path, 24);
  run('mke2fs', ['-q', '-F', '-t', 'ext4', '-b', String(blockBytes), '-O', features, '-d', root, path]);
  // Two files that grow in turns are in many pieces without any hole.
  const grow =
    'import os\na, b = (os.open(n, os.O_CREAT | os.O_WRONLY) for n in ("dense", "plain"))\nfor i in range(400):\n  for f in (a, b): os.write(f, b"%06d|" % i * 146 + b"  "); os.fsync(f)';
  withMounted(path, 'rw,nodelalloc', 'cd "$1" && python3 -c "$2"', [grow]);
  return new Map(files.map((name) => [name, contentOf(path, name)]));
};

const contentOf = (image: string, name: string): Buffer => {
  run('debugfs', ['-R', `dump /${name} ${at('dumped')}`, image]);
  return readFileSync(at('dumped'));
};

/** The blocks that hold a file's extent tree, from `ex` of debugfs(8): level/depth, entries, logical range, block. */
const treeBlocksOf = (image: string, name: string): readonly number[] =>
  Array.from(
    run('debugfs', ['-R', `ex /${name}`, image]).matchAll(/^ *(\d+)\/ *(\d+) +\d+\/ *\d+ +\d+ - +\d+ +(\d+)/gm),
    ([, level, depth, block]) => (level === depth ? [] : [Number(block)]),
  ).flat();

type Spoil = (block: Buffer) => Buffer;
const random = seededRandom(4);
const spoils: Readonly<Record<string, Spoil>> = {
  zeroed: () => Buffer.alloc(blockBytes),
  'a bit of its head': (block) => flipped(block, random.below(12)),
  'a bit of an entry': (block) => flipped(block, 12 + random.below(36)),
};
const flipped = (block: Buffer, byte: number): Buffer => {
  const copy = Buffer.from(block);
  copy[byte] = (copy[byte] ?? 0) ^ (1 << random.below(8));
  return copy;
};

test.each(['metadata_csum', '^metadata_csum'])('ext4 with %s', { timeout: 3_000_000 }, (features) => {
  const image = at(`${features.replace('^', 'no-')}.img`);
  const written = createImage(image, features);
  const sound = readFileSync(image);
  const blocks = files.flatMap((name) => treeBlocksOf(image, name).map((block) => ({ name, block })));
  expect(blocks.length).toBeGreaterThanOrEqual(20);
  const seen = { whole: 0, incomplete: 0, missing: 0 };
  for (const [index, { name: spoilt, block }] of blocks.entries())
    for (const [way, spoil] of Object.entries(spoils).filter((_, number) => isLong || number === index % 3)) {
      const place = block * blockBytes;
      const before = sound.subarray(place, place + blockBytes);
      // Without checksums a bit of an entry may make another valid tree, of which nobody can tell that it is wrong.
      if (features.startsWith('^') && way === 'a bit of an entry') continue;
      const where = `${way} of ${spoilt}, block ${block}`;
      console.log(where);
      poke(image, place, spoil(before));
      const to = at('copy');
      const { status, receipt } = recover(image, ['/'], to);
      const isReadable = (name: string) =>
        statusOf('unshare', [
          '--mount',
          'sh',
          '-c',
          `mount -o loop,ro,noload "$0" /proc/driver && exec cp "/proc/driver/$1" /dev/null 2>/dev/null`,
          image,
          name,
        ]) === 0;
      for (const name of files) {
        const problem = receipt.summary.problems.find((each) => 'path' in each && each.path === `/${name}`);
        if (existsSync(`${to}/${name}`)) {
          expect(readFileSync(`${to}/${name}`).equals(written.get(name) ?? Buffer.alloc(0)), `${where}: ${name}`).toBe(
            true,
          );
          seen.whole += 1;
          continue;
        }
        expect({ where, name, status, problem }).toMatchObject({ status: 1, problem: expect.anything() });
        expect(isReadable(name), `${where}: cp reads ${name}`).toBe(false);
        if (problem?.kind !== 'damaged') {
          seen.missing += 1;
          continue;
        }
        seen.incomplete += 1;
        const [copy, original] = [readFileSync(`${to}/${name}.incomplete`), Buffer.from(written.get(name) ?? [])];
        expect(copy.length).toBe(original.length);
        for (const { startBytes, endBytes } of problem.ranges)
          for (const each of [copy, original]) each.fill(0, startBytes, endBytes);
        expect(copy.equals(original), `${where}: what is not named of ${name}`).toBe(true);
      }
      rmSync(to, { recursive: true });
      poke(image, place, before);
    }
  console.log(seen);
  expect(seen.whole).toBeGreaterThan(50);
  expect(seen.incomplete).toBeGreaterThan(10);
});
