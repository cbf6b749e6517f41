import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRecovery } from '../../../src/host/recovery/recovery.ts';
import { createStorage } from '../../../src/host/storage/storage.ts';
import { loopsOver } from '../../support/disk-image.ts';
import { firstVolume } from '../../support/leasing.ts';
import { checkManifest, createFilledExt, differences, recover } from '../../support/recovery.ts';
import { run } from '../../support/tools.ts';

/** Copies that somebody stops: by a signal on the command line, by a button in a face. */

const largeBytes = 300_000_000;
let folder = '';
let image = '';
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-stop-'));
  image = at('disk.img');
  createFilledExt(image, {
    sizeMebibytes: 512,
    inodes: 30_000,
    folder: 'tree',
    python: `for d in range(40):
    os.mkdir(f'd{d}')
    for f in range(200): open(f'd{d}/f{f}','wb').write(os.urandom(60)*f)
open('large','wb').write(os.urandom(${largeBytes}))`,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Everything under its own name is whole, and the manifest holds nothing but what is there. */
const isInOrder = (to: string): void => {
  const { size } = statSync(join(to, 'sparekey-manifest.sha256'));
  if (existsSync(join(to, 'tree/large'))) expect(readFileSync(join(to, 'tree/large'))).toHaveLength(largeBytes);
  if (size > 0) checkManifest(to);
  expect(readdirSync(join(to, '.sparekey-recovery'))).toEqual(['progress']);
};

test('a copy that is stopped keeps whole files, and the same request goes on', async () => {
  const to = at('stopped');
  const request = { paths: ['/tree'], to, sourceId: 'disk', keepsOwners: false };
  await using storage = createStorage();
  await using recovery = createRecovery();
  await using view = await recovery.open(await firstVolume(storage, image));
  const button = new AbortController();
  const stopped = await view.copyOut({ ...request, signal: button.signal }, ({ copiedBytes }) => {
    if (copiedBytes > 0) button.abort();
  });
  expect(stopped.stoppedBy).toMatchObject({ code: 'stopped', details: { path: to } });
  expect(stopped.files).toBeLessThan(8001);
  isInOrder(to);
  const finished = await view.copyOut(request, () => {});
  expect([finished.stoppedBy, finished.files]).toEqual([undefined, 8001]);
  expect(finished.keptFromBefore).toBeGreaterThanOrEqual(stopped.files > 0 ? 1 : 0);
  expect(differences(image, 'ro,noload', '/tree', to)).toBe('');
  isInOrder(to);
});

test('stopped before it began, it copies nothing and says so', async () => {
  await using storage = createStorage();
  await using recovery = createRecovery();
  await using view = await recovery.open(await firstVolume(storage, image));
  const request = { paths: ['/tree'], to: at('never'), sourceId: 'disk', keepsOwners: false };
  const { stoppedBy, files } = await view.copyOut({ ...request, signal: AbortSignal.abort() }, () => {});
  expect([stoppedBy?.code, files]).toEqual(['stopped', 0]);
});

/** Runs a command and sends it a signal once it has said something. */
const interrupted = (args: readonly string[], awaited: RegExp, signal: NodeJS.Signals) =>
  new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, ['src/main.ts', ...args]);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      if (!awaited.test(stderr) && awaited.test(`${stderr}${chunk}`)) child.kill(signal);
      stderr += chunk;
    });
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });

test.each(['SIGINT', 'SIGTERM'] as const)(
  'recover: %s leaves a receipt, and the same command goes on',
  async (signal) => {
    const to = at(signal);
    const args = ['recover', '/tree', '--disk', image, '--to', to, '--json'];
    const { exitCode, stdout, stderr } = await interrupted(args, /"copiedBytes":[1-9]/, signal);
    expect(stderr).toContain('Stopping');
    expect([exitCode, JSON.parse(stdout).summary.error.code]).toEqual([1, 'stopped']);
    expect(readFileSync(join(to, 'sparekey-receipt.txt'), 'utf8')).toContain('Stopped, as you asked');
    expect(loopsOver(image)).toBe('');
    isInOrder(to);
    expect(recover(image, ['/tree'], to).status).toBe(0);
    expect(differences(image, 'ro,noload', '/tree', to)).toBe('');
  },
);

test('recover --prove: stopped while the source is hashed, it says so', async () => {
  const args = ['recover', '/tree', '--disk', image, '--to', at('proof'), '--prove', '--json'];
  const { exitCode, stdout } = await interrupted(args, /"proving"/, 'SIGINT');
  expect([exitCode, JSON.parse(stdout).error.code]).toEqual([1, 'stopped']);
  expect(existsSync(at('proof'))).toBe(false);
});

test('clone: stopped, it leaves its map, and the same command goes on', async () => {
  const source = at('raw.img');
  writeFileSync(source, '');
  truncateSync(source, 1.5 * 2 ** 30);
  // Data all over a large disk, so that it takes ddrescue a while.
  run('sh', [
    '-c',
    'for i in 0 1 3 5; do dd if="$1" of="$2" bs=64M count=4 seek=$i conv=notrunc status=none; done',
    'sh',
    image,
    source,
  ]);
  const clone = at('clone.img');
  const { exitCode, stdout } = await interrupted(['clone', source, clone, '--json'], /"cloning"/, 'SIGTERM');
  expect([exitCode, JSON.parse(stdout).error.code]).toEqual([1, 'stopped']);
  expect(readFileSync(`${clone}.map`, 'latin1')).toContain('?');
  const { exitCode: second } = await interrupted(['clone', source, clone, '--json'], /never/, 'SIGTERM');
  expect(second).toBe(0);
  run('cmp', [source, clone]);
});
