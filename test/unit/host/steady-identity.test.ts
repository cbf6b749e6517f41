import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSteadyIdentity } from '../../../src/host/disks/steady-identity.ts';
import { withFolderAsync } from '../../support/tools.ts';

/** What the kernel shows of a disk; `sequence` is undefined where it counts none. */
const plug = (folder: string, name: string, sequence?: number): void => {
  mkdirSync(join(folder, name), { recursive: true });
  if (sequence !== undefined) writeFileSync(join(folder, name, 'diskseq'), `${sequence}\n`);
};

test('a disk keeps the name that it was found with, until it is pulled', async () => {
  await withFolderAsync(async (folder) => {
    const steady = createSteadyIdentity(folder);
    plug(folder, 'sda', 1);
    expect(await steady('sda', 'of-its-table')).toBe('of-its-table');
    expect(await steady('sda', 'SERIAL')).toBe('of-its-table');
    plug(folder, 'sdb', 2);
    expect(await steady('sdb', 'SERIAL-2')).toBe('SERIAL-2');
    plug(folder, 'sda', 3);
    expect(await steady('sda', 'SERIAL')).toBe('SERIAL');
  });
});

test('a kernel that does not count disks: what is found counts', async () => {
  await withFolderAsync(async (folder) => {
    const steady = createSteadyIdentity(folder);
    plug(folder, 'sda');
    expect(await steady('sda', 'of-its-table')).toBe('of-its-table');
    expect(await steady('sda', 'SERIAL')).toBe('SERIAL');
  });
});
