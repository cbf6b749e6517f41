import { readFileSync, rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { attributesOf } from '../../../src/ext/attributes/attributes.ts';
import { listFolder } from '../../../src/ext/content/folder.ts';
import { readLink } from '../../../src/ext/content/link.ts';
import { piecesOf } from '../../../src/ext/content/pieces.ts';
import { runsOf } from '../../../src/ext/content/runs.ts';
import { readInode, rootInode } from '../../../src/ext/inode.ts';
import { openExt } from '../../../src/ext/open.ts';
import type { Port } from '../../../src/ext/port.ts';
import { fill, format, scratchImage } from '../../support/ext/random-volume.ts';
import { type Anatomy, memoryPort, spoil } from '../../support/ext/spoil.ts';
import { variants } from '../../support/ext/variants.ts';
import { seededRandom } from '../../support/random.ts';

/** `make torture` has more of them, and other ones each time. */
const rounds = Number(process.env['SPAREKEY_FUZZ'] ?? '150');
const first = Number(process.env['SPAREKEY_FUZZ_SEED'] ?? '1');
const mostMs = 2000;
const timeoutMs = 600_000 + rounds * 1000;

const image = scratchImage('fuzz');
afterAll(() => rmSync(image, { force: true }));

/** Reads all that there is, each inode once. @returns how many inodes it met */
const readAll = (port: Port): number => {
  const opened = openExt(port);
  if (opened === undefined) return 0;
  const { volume } = opened;
  const visited = new Set([rootInode]);
  for (const number of visited) {
    const inode = readInode(volume, number);
    if (inode === undefined) continue;
    attributesOf(volume, inode);
    if (inode.kind === 'symlink') readLink(volume, inode);
    if (inode.kind === 'file')
      for (const { startBytes, content, bad } of piecesOf(volume, inode)) {
        expect(startBytes).toBeGreaterThanOrEqual(0);
        expect(startBytes + content.length).toBeLessThanOrEqual(inode.sizeBytes);
        for (const { startBytes: from, endBytes } of bad) expect(from).toBeLessThan(endBytes);
      }
    if (inode.kind === 'directory')
      for (const { entries } of listFolder(volume, inode)) for (const entry of entries) visited.add(entry.inode);
  }
  return visited.size;
};

const anatomyOf = (bytes: Buffer): Anatomy => {
  const opened = openExt(memoryPort(bytes));
  if (opened === undefined) throw new Error('no ext');
  const { volume } = opened;
  const inodes = new Set([rootInode]);
  const blocks = new Set<number>();
  for (const number of inodes) {
    const inode = readInode(volume, number);
    if (inode === undefined) continue;
    if (inode.attributeBlock > 0) blocks.add(inode.attributeBlock);
    if (inode.kind !== 'directory') continue;
    for (const { kind, physical } of runsOf(volume, inode, { from: 0, until: Infinity }))
      if (kind === 'data') blocks.add(physical);
    for (const { entries } of listFolder(volume, inode)) for (const entry of entries) inodes.add(entry.inode);
  }
  if (volume.superblock.journalInode > 0) inodes.add(volume.superblock.journalInode);
  return { volume, inodes: [...inodes], blocks: [...blocks] };
};

const shapes = [
  'usual',
  'ext3',
  'blocks of 1 KiB',
  'values in inodes, inline data',
  'without extents, blocks of 1 KiB',
];

test.each(variants.filter(({ name }) => shapes.includes(name)))(
  'no damage makes it stumble: $name',
  (variant) => {
    format(image, { ...variant, sizeMebibytes: 12 });
    fill(image, 5);
    const good = readFileSync(image);
    expect(readAll(memoryPort(good))).toBeGreaterThan(10);
    const spoilt = Buffer.alloc(good.length);
    for (let seed = first; seed < first + rounds; seed++) {
      good.copy(spoilt);
      spoil(spoilt, anatomyOf(spoilt), seededRandom(seed));
      const startedMs = performance.now();
      try {
        readAll(memoryPort(spoilt));
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
      expect(performance.now() - startedMs, `seed ${seed}`).toBeLessThan(mostMs);
    }
  },
  timeoutMs,
);
