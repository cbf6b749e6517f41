import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fingerprintDisks, watchDisks } from '../../../src/host/disks/hotplug.ts';
import { consoleAt, findKeymaps } from '../../../src/host/machine/keyboard.ts';
import { writeReport } from '../../../src/host/machine/report.ts';
import { run } from '../../support/tools.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-station-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('what is plugged in', () => {
  const plug = async (table: string, disks: Readonly<Record<string, string>>) => {
    const partitions = join(folder, 'partitions');
    const blocks = join(folder, 'block');
    rmSync(blocks, { recursive: true, force: true });
    writeFileSync(partitions, `major minor  #blocks  name\n\n${table}`);
    for (const [name, sequence] of Object.entries(disks)) {
      mkdirSync(join(blocks, name), { recursive: true });
      writeFileSync(join(blocks, name, 'diskseq'), sequence);
    }
    return await fingerprintDisks(partitions, blocks);
  };

  test('is another when a disk comes, or is exchanged for one of the same size', async () => {
    const before = await plug('   8  0  31250 sda\n', { sda: '4' });
    expect(await plug('   8  0  31250 sda\n', { sda: '4' })).toBe(before);
    expect(await plug('   8  0  31250 sda\n', { sda: '5' })).not.toBe(before);
    expect(await plug('   8  0  31250 sda\n   8  16  9 sdb\n', { sda: '4', sdb: '6' })).not.toBe(before);
  });

  test('is the same while we attach images ourselves', async () => {
    const before = await plug('   8  0  31250 sda\n', { sda: '4', loop0: '1' });
    expect(await plug('   8  0  31250 sda\n   7  0  100 loop0\n', { sda: '4', loop0: '2' })).toBe(before);
  });

  test('is read from the real machine', async () => {
    expect(await fingerprintDisks()).toContain('major minor');
  });

  test('is told as it happens, for a named source too', async () => {
    const path = join(folder, 'card.img');
    let changes = 0;
    const told = async (count: number) => {
      while (changes < count) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    using _watch = watchDisks([path], () => {
      changes += 1;
    });
    // The first look is what the others are compared with.
    await new Promise((resolve) => setTimeout(resolve, 100));
    writeFileSync(path, 'x');
    await told(1);
    rmSync(path);
    await told(2);
  });
});

describe('the console', () => {
  test.each([
    ['/dev/tty1', 'screen'],
    ['/dev/ttyS0', 'serial'],
    ['/dev/ttyAMA0', 'serial'],
    ['/dev/hvc0', 'serial'],
    ['/dev/pts/3', 'terminal'],
  ])('%s is a %s', (device, kind) => expect(consoleAt(device)).toBe(kind));

  test('has the layouts whose files are there', async () => {
    const files = ['us.kmap', 'qwerty/gb.kmap.gz', 'azerty/fr.map.gz', 'include/compose.map.gz', 'README'];
    for (const file of files) {
      mkdirSync(join(folder, file, '..'), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
    const found = await findKeymaps([folder, '/nowhere']);
    expect([...found.keys()]).toEqual(['fr', 'gb', 'us']);
    expect(found.get('gb')).toBe(join(folder, 'qwerty/gb.kmap.gz'));
  });
});

describe('a crash report', () => {
  test('is a new file that only its owner can read, and follows no link that is there already', async () => {
    const now = Date.UTC(2026, 10, 21);
    const path = await writeReport('what happened\n', now, folder);
    if (path === undefined) throw new Error('no report');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(run('cat', [path])).toBe('what happened\n');
    expect(await writeReport('again', now, folder)).toBeUndefined();
    expect(await writeReport('nowhere', now, join(folder, 'missing'))).toBeUndefined();
  });
});
