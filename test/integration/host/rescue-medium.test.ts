import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStorage } from '../../../src/host/storage/storage.ts';
import { createSparse } from '../../support/disk-image.ts';
import { run } from '../../support/tools.ts';

const signature = '53504b59';
const name = '0A2B-3C4D';
let folder: string;
const at = (file: string) => join(folder, file);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-medium-'));
  writeFileSync(at('identity'), `${signature} ${name}\n`);
  writeFileSync(at('half'), `${signature}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A disk whose first partition is labelled as ours is, which anybody can do. */
const createStick = (file: string, { id = signature, start = 2048, type = 'c', serial = name }): string => {
  createSparse(at(file), 40);
  run('sfdisk', ['--quiet', at(file)], `label: dos\nlabel-id: 0x${id}\nstart=${start}, size=70000, type=${type}\n`);
  const identity = ['-n', 'SPARE-BOOT', '-i', serial.replace('-', '')];
  run('mkfs.vfat', ['-F', '32', ...identity, '--offset', String(start), at(file), '35000']);
  return at(file);
};

const isMarked = async (path: string, ownIdentity = at('identity')) => {
  await using storage = createStorage({ ownIdentity });
  const [disk] = await storage.survey([await storage.identify(path)]);
  expect(disk?.volumes[0]?.filesystem?.label).toBe('SPARE-BOOT');
  return disk?.isRescueMedium === true;
};

test('the stick that the machine was started from is known by signature, layout and its own name', async () => {
  expect(await isMarked(createStick('ours', {}))).toBe(true);
});

test.each([
  ['another name: another stick of ours, or a disk made to look like one', { serial: '5350-4B59' }],
  ['another signature', { id: '53504b5a' }],
  ['another place of the first partition', { start: 4096 }],
  ['another type of the first partition', { type: 'b' }],
])('%s: a stick that is only labelled like ours is anybody’s', async (_, different) => {
  expect(await isMarked(createStick('theirs', different))).toBe(false);
});

test.each(['no-such-file', 'half'])(
  'on a system that did not come from a stick of ours, none is it (%s)',
  async (file) => {
    expect(await isMarked(createStick('ours', {}), at(file))).toBe(false);
  },
);
