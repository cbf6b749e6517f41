import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { openLog } from '../../../src/ext/journal/log.ts';
import { openExt } from '../../../src/ext/open.ts';
import { readBlocks } from '../../../src/ext/volume.ts';
import { format, scratchImage, unplugged } from '../../support/ext/random-volume.ts';
import { readImage } from '../../support/ext/read-ext.ts';
import { memoryPort } from '../../support/ext/spoil.ts';
import { statusOf } from '../../support/tools.ts';

/** Cuts that are tried of each journal; `make torture` tries all. */
const cuts = Number(process.env['SPAREKEY_CUTS'] ?? '12');
const timeoutMs = 600_000 + cuts * 5000;

const image = scratchImage('journal');
const other = scratchImage('journal-e2fsck');
afterAll(() => {
  for (const path of [image, other]) rmSync(path, { force: true });
});

/**
 * What leaves in the journal all that it can hold: folders that come and go, so that blocks are taken back; data that
 * begins as the journal's own blocks do; many small transactions.
 */
const work = `
  cd "$2"
  magic() { printf '\\300\\073\\071\\230\\0\\0\\0\\2\\0\\0\\0\\1'; head -c $1 /dev/urandom; }
  for round in 1 2 3 4 5 6; do
    mkdir -p d$round/sub && for n in 1 2 3 4 5 6 7 8 9 10 11 12; do magic 5000 >d$round/f$n; done
    sync -f . && rm -r d$round/sub d$round/f1 d$round/f2 && magic 9000 >again$round && sync again$round
    [ $round -lt 3 ] || rm -r d$((round - 2))
    for n in 1 2 3; do magic 3000 >late$round.$n && sync late$round.$n; done
  done
  magic 4090 >last; sync last`;

const shapes = [
  { name: 'checksums of the third kind', options: '-t ext4 -b 1024', mount: 'data=journal' },
  { name: 'ordered', options: '-t ext4 -b 4096', mount: 'data=ordered' },
  { name: 'no checksums, 32-bit', options: '-t ext3 -I 128 -b 1024', mount: 'data=journal' },
  {
    name: 'checksums of the first kind',
    options: '-t ext4 -O ^metadata_csum -b 1024',
    mount: 'data=journal,journal_checksum',
  },
  {
    name: 'commits without waiting',
    options: '-t ext4 -b 1024 -O ^metadata_csum',
    mount: 'journal_async_commit,data=writeback',
  },
  { name: 'round and round', options: '-t ext4 -b 1024 -J size=1', mount: 'data=journal' },
];

/** Compares every block but those of the journal and the superblock with what e2fsck makes of the volume. */
const expectAsE2fsck = (bytes: Buffer, what: string): void => {
  const opened = openExt(memoryPort(bytes));
  if (opened === undefined) throw new Error(what);
  const { volume } = opened;
  writeFileSync(other, bytes);
  statusOf('e2fsck', ['-y', '-E', 'journal_only', other]);
  const theirs = readFileSync(other);
  const { blockBytes, blocks } = volume.superblock;
  const log = openLog(volume);
  const own = new Set<number | undefined>([Math.floor(1024 / blockBytes)]);
  for (let index = 0; index < 20_000; index++) own.add(log?.placeOf(index));
  const different: number[] = [];
  for (let block = 0; block < blocks; block++) {
    if (own.has(block)) continue;
    const ours = readBlocks(volume, block, 1);
    if (!ours.equals(theirs.subarray(block * blockBytes, (block + 1) * blockBytes))) different.push(block);
  }
  expect(different, what).toEqual([]);
};

test.each(shapes)(
  'a journal that is cut anywhere is replayed as e2fsck replays it: $name',
  ({ options, mount }) => {
    format(image, { options: options.split(' '), sizeMebibytes: 20 });
    unplugged(image, `loop,${mount}`, work);
    const whole = readFileSync(image);
    const opened = openExt(memoryPort(whole));
    expect(opened?.journal).toBe('replayed');
    expect(opened?.volume.replayed.size).toBeGreaterThan(5);
    expectAsE2fsck(whole, 'whole');

    const log = opened && openLog(opened.volume);
    if (log === undefined) throw new Error('no journal');
    const { blockBytes } = log;
    const places = Array.from({ length: log.end - log.first }, (_, index) => log.placeOf(log.first + index) ?? 0);
    const isUsed = (place: number) => whole.readUInt32LE(place * blockBytes) !== 0;
    const used = places.filter(isUsed);
    const step = Math.max(1, Math.floor(used.length / cuts));
    for (let index = 0; index < used.length; index += step) {
      const cut = Buffer.from(whole);
      for (const place of used.slice(index)) cut.fill(0, place * blockBytes, (place + 1) * blockBytes);
      expectAsE2fsck(cut, `cut at ${index} of ${used.length}`);
      const torn = Buffer.from(whole);
      const at = (used[index] ?? 0) * blockBytes + ((index * 37) % blockBytes);
      torn[at] = (torn[at] ?? 0) ^ 0x10;
      expectAsE2fsck(torn, `a bit at ${index} of ${used.length}, byte ${at % blockBytes}`);
    }
  },
  timeoutMs,
);

test('fast commits are not replayed, and that is said', () => {
  format(image, { options: ['-t', 'ext4', '-O', 'fast_commit'], sizeMebibytes: 32 });
  unplugged(image, 'loop', 'cd "$2" && echo early >early && sync -f . && echo more >>early && sync early');
  const { journal, findings } = readImage(image);
  expect(findings).toEqual([{ kind: 'fast-commit' }]);
  expect(journal).toBe('damaged');
});

test('without replaying, what is outside of the journal is seen; both states can be compared', () => {
  format(image, { options: ['-t', 'ext4'], sizeMebibytes: 20 });
  unplugged(image, 'loop', 'cd "$2" && echo early >early && sync -f . && echo late >late && sync late');
  const paths = (replays: boolean) => readImage(image, { replays }).lines.map(({ path }) => path);
  expect(paths(true)).toEqual(['.', 'early', 'late', 'lost+found']);
  expect(paths(false)).not.toContain('late');
  copyFileSync(image, other);
  statusOf('e2fsck', ['-y', '-E', 'journal_only', other]);
  expect(readImage(other).lines).toEqual(readImage(image).lines);
});
