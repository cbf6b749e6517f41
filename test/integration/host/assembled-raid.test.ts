import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSparse } from '../../support/disk-image.ts';
import { createLinuxDisk } from '../../support/linux-disk.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { resetArgs } from '../../support/sparekey.ts';
import { run } from '../../support/tools.ts';

/*
 * A kernel without md cannot assemble anything. Three real block devices stand for two disks and the mirror that was made
 * of them, and an lsblk of the test's own says so; everything else is real.
 */

const at = scratchFolder('assembled');
const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const helper = fileURLToPath(new URL('../../support/raid-superblock.py', import.meta.url));
const devices: string[] = [];

const attach = (image: string): string => {
  const device = run('losetup', ['--find', '--show', image]).trim();
  devices.push(device);
  return device;
};

const describe = (device: string, type: string, filesystem: string, children: readonly unknown[] = []) => ({
  kname: device.replace('/dev/', ''),
  path: device,
  type,
  size: Number(run('blockdev', ['--getsize64', device])),
  'maj:min': run('lsblk', ['--nodeps', '--noheadings', '--output', 'MAJ:MIN', device]).trim(),
  fstype: filesystem,
  children,
});

beforeAll(() => {
  const legs = ['one', 'two'].map((name) => {
    createSparse(at(name), 32);
    run('python3', [helper, 'linux-1.2', at(name)]);
    return attach(at(name));
  });
  const mirror = attach(createLinuxDisk(at('mirror')));
  const blockdevices = legs.map((leg) =>
    describe(leg, 'disk', 'linux_raid_member', [describe(mirror, 'raid1', 'ext4')]),
  );
  writeFileSync(at('lsblk'), `#!/bin/sh\ncat <<'END'\n${JSON.stringify({ blockdevices })}\nEND\n`);
  chmodSync(at('lsblk'), 0o755);
});

afterAll(() => {
  for (const device of devices) spawnSync('losetup', ['--detach', device]);
});

/** Sparekey, where /usr/bin/lsblk is the test's own; for nobody else. */
const sparekey = (args: readonly string[], input = '') => {
  const script = 'mount --bind "$1" "$(readlink -f "$(command -v lsblk)")" && shift && exec "$@"';
  const command = ['sh', '-c', script, 'sh', at('lsblk'), process.execPath, main, ...args];
  const { status, stdout, stderr } = spawnSync('unshare', ['--mount', '--propagation', 'private', ...command], {
    input,
  });
  return { exitCode: status, stdout: stdout.toString(), stderr: stderr.toString() };
};

test('a mirror that stands under two disks is one volume, by whichever name one comes to it', () => {
  const [one = '', two = '', mirror = ''] = devices;
  for (const sources of [[one], [two], [mirror], [one, two], [one, mirror, two]]) {
    const asked = sources.flatMap((source) => ['--disk', source]);
    const { disks, volumes, systems } = JSON.parse(sparekey(['scan', '--json', ...asked]).stdout);
    expect(systems.map(({ id }: { id: string }) => id)).toEqual([`debian@${mirror.replace('/dev/', '')}`]);
    expect(volumes.filter(({ path }: { path: string }) => path === mirror)).toHaveLength(1);
    expect(disks.find(({ path }: { path: string }) => path === mirror)).toMatchObject({ standsOn: [one, two] });
    expect(new Set(disks.map(({ id }: { id: string }) => id)).size).toBe(disks.length);
  }
  expect(sparekey(['scan', '--disk', one]).stdout).toContain(`${one} + ${two}`);
});

test('a password is set on it once, with both disks asked for and nothing else said', () => {
  const [one = '', two = ''] = devices;
  const { exitCode, stderr } = sparekey([...resetArgs(one, 'bob'), '--disk', two], 'brand new\n');
  expect(stderr).not.toContain('Several');
  expect(exitCode, stderr).toBe(0);
});
