import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRecovery } from '../../../src/host/recovery/recovery.ts';
import { createStorage } from '../../../src/host/storage/storage.ts';
import { createSparse } from '../../support/disk-image.ts';
import { firstVolume } from '../../support/leasing.ts';
import { withMounted } from '../../support/recovery.ts';
import { run } from '../../support/tools.ts';

let folder = '';
let image = '';
/** What `tail` makes of each file from each place on: SHA-256. */
let expected: readonly (readonly [string, number, string])[] = [];

const files = { large: 3_000_000, hole: 60_000_000, small: 5 };
const places = [0, 1, 4, 5, 4095, 4096, 262_144, 262_145, 1_234_567, 2_999_999, 50_000_003, 59_999_999, 70_000_000];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-stream-'));
  image = join(folder, 'disk.img');
  createSparse(image, 64);
  run('mke2fs', ['-q', '-F', '-t', 'ext4', '-O', 'inline_data', image]);
  const fill = `cd "$1" && python3 -c "
import os
open('large','wb').write(os.urandom(3_000_000))
open('small','w').write('small')
with open('hole','wb') as f: f.write(os.urandom(5000)); f.seek(50_000_000); f.write(b'behind it'); f.truncate(60_000_000)"`;
  withMounted(image, 'rw', fill);
  const digests =
    'cd "$1" && shift && while [ $# -gt 0 ]; do tail -c "+$2" "$1" | sha256sum | cut -c1-64; shift 2; done';
  const asked = Object.keys(files).flatMap((name) => places.map((place) => [name, place] as const));
  const starts = asked.flatMap(([name, place]) => [name, `${place + 1}`]);
  const lines = withMounted(image, 'ro', digests, starts).trim();
  expected = lines.split('\n').map((digest, index) => [...(asked[index] ?? (['', 0] as const)), digest] as const);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const compareAll = async (): Promise<string> => {
  await using recovery = createRecovery();
  const storage = createStorage();
  await using view = await recovery.open(await firstVolume(storage, image));
  for (const [name, place, digest] of expected) {
    const hash = createHash('sha256');
    for await (const chunk of view.stream(`/${name}`, place)) hash.update(chunk);
    expect([name, place, hash.digest('hex')]).toEqual([name, place, digest]);
  }
  return view.reading;
};

test('a file is read from any byte on, as tail reads it', async () => {
  expect(expected).toHaveLength(39);
  expect(await compareAll()).toBe('as-is');
});

test('so it is where nothing mounts and files are read one by one', async () => {
  run('debugfs', ['-w', '-R', 'clri <8>', image]);
  expect(await compareAll()).toBe('file-by-file');
});
