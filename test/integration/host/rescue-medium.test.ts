import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStorage } from '../../../src/host/storage/storage.ts';
import { createSparse } from '../../support/disk-image.ts';
import { run } from '../../support/tools.ts';

const signature = '53504b59';
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-medium-'));
  writeFileSync(at('disk-signature'), `${signature}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A disk whose first partition is labelled as ours is, which anybody can do. */
const createStick = (name: string, { id = signature, start = 2048, type = 'c' }): string => {
  createSparse(at(name), 40);
  run('sfdisk', ['--quiet', at(name)], `label: dos\nlabel-id: 0x${id}\nstart=${start}, size=70000, type=${type}\n`);
  run('mkfs.vfat', ['-n', 'SPARE-BOOT', '--offset', String(start), at(name), '35000']);
  return at(name);
};

const isMarked = async (path: string, ownSignature = at('disk-signature')) => {
  await using storage = createStorage({ ownSignature });
  const [disk] = await storage.survey([await storage.identify(path)]);
  expect(disk?.volumes[0]?.filesystem?.label).toBe('SPARE-BOOT');
  return disk?.isRescueMedium === true;
};

test('a stick of ours is known by the signature and the layout that we wrote', async () => {
  expect(await isMarked(createStick('ours', {}))).toBe(true);
});

test.each([
  ['another signature', { id: '53504b5a' }],
  ['another place of the first partition', { start: 4096 }],
  ['another type of the first partition', { type: 'b' }],
])('%s: a stick that is only labelled like ours is anybody’s', async (_, different) => {
  expect(await isMarked(createStick('theirs', different))).toBe(false);
});

test('on a system that did not come from a stick of ours, none is “this rescue stick”', async () => {
  expect(await isMarked(createStick('ours', {}), at('no-such-file'))).toBe(false);
});
