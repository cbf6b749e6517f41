import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { poke, sha256, writeFiles } from '../support/disk-image.ts';
import { createGptDisk, ext4, fromFile, swap } from '../support/gpt-disk.ts';
import { createHaosDisk } from '../support/haos-disk.ts';
import { linuxFiles } from '../support/linux-disk.ts';
import { run, withFolderAsync } from '../support/tools.ts';
import { haosJob, jobOf, patienceMs, reportOf, start, step } from './job.ts';
import { Stick } from './stick.ts';

const createHaos = (path: string): void => {
  createHaosDisk(path);
};

const writeLinux = (root: string): void => writeFiles(root, linuxFiles.files ?? {});

/** A laptop that was closed, not shut down: a Linux whose memory lies in its swap space. */
const createSleeper = (path: string): void => {
  const [, area] = createGptDisk(path, [
    { name: 'root', type: 'linux', sizeMebibytes: 16, fill: ext4('laptop', writeLinux) },
    { name: 'swap', type: 'swap', sizeMebibytes: 8, fill: swap },
  ]);
  // The last ten bytes of the first page (linux/kernel/power/swap.c, struct swsusp_header).
  poke(path, (area?.offsetBytes ?? 0) + 4096 - 10, Buffer.from('S1SUSPEND\0'));
};

/** A system that Sparekey does not know how to change. */
const createWindows = (path: string): void => {
  const ntfs = fromFile((file, sizeBytes) => {
    run('truncate', ['--size', `${sizeBytes}`, file]);
    run('mkfs.ntfs', ['--force', '--quick', '--quiet', '--label', 'Windows', file]);
  });
  createGptDisk(path, [{ name: 'Basic data partition', type: 'linux', sizeMebibytes: 32, fill: ntfs }]);
};

/** A step that could be carried out, and one on `selector` that cannot: all are planned before the first is begun. */
const jobOn = (selector: string) => jobOf(step('LABEL=hassos-data', 'bob') + step(selector, 'bob'), 'wait: 2\n');

describe('a job that is refused changes nothing', () => {
  interface Case {
    readonly name: string;
    readonly job?: string | Uint8Array;
    /** What makes the disks of the machine: one of Home Assistant OS, unless told. */
    readonly patients?: readonly ((path: string) => void)[];
    readonly prepare?: (stick: Stick) => void;
    readonly isReadOnly?: boolean;
    /** On the console; and in the report, unless that cannot be written. */
    readonly says: RegExp;
    readonly hasReport: boolean;
  }

  const cases: readonly Case[] = [
    {
      name: 'two disks that both match',
      patients: [createHaos, createHaos],
      says: /Several systems match.*haos@sd.8, haos@sd.8/,
      hasReport: true,
    },
    {
      name: 'a disk that is not there',
      job: jobOn('LABEL=nowhere'),
      says: /No installed system was found for LABEL=nowhere/,
      hasReport: true,
    },
    {
      name: 'a machine that sleeps (hibernated)',
      patients: [createHaos, createSleeper],
      job: jobOn('LABEL=laptop'),
      says: /not shut down but sleeping \(hibernated, on sd.2\)/,
      hasReport: true,
    },
    {
      name: 'a foreign system',
      patients: [createHaos, createWindows],
      job: jobOn('LABEL=Windows'),
      says: /No installed system was found for LABEL=Windows/,
      hasReport: true,
    },
    {
      name: 'an unknown key',
      job: haosJob.replace('user:', 'usr:'),
      says: /line 4, column 46: `usr`/,
      hasReport: true,
    },
    { name: 'a tab', job: haosJob.replace('  - ', '\t- '), says: /line 4, column 1: a tab/, hasReport: true },
    { name: '1 MB of junk', job: Buffer.alloc(1 << 20, 'junk \xff'), says: /too large/, hasReport: true },
    { name: 'a full stick', prepare: (stick) => stick.fill(40_000), says: /SPARE-BOOT is full/, hasReport: true },
    {
      name: 'a stick full to the brim',
      prepare: (stick) => stick.fill(0),
      says: /SPARE-BOOT is full/,
      hasReport: false,
    },
    { name: 'the lock switch', isReadOnly: true, says: /cannot be written \(look for a lock/, hasReport: false },
  ];

  test.each(cases)('$name', async ({ job = haosJob, patients = [createHaos], ...given }) => {
    const { prepare, isReadOnly, says, hasReport } = given;
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      stick.write('sparekey.yaml', job);
      prepare?.(stick);
      const disks = patients.map((create, index) => {
        const path = join(folder, `patient${index}.img`);
        create(path);
        return { path, bus: 'sata' } as const;
      });
      const before = disks.map(({ path }) => sha256(path));
      await using machine = await start(stick, disks, isReadOnly);
      await machine.waitFor(says, patienceMs);
      await machine.waitFor(/Sparekey: refused/, patienceMs);
      await machine.waitFor(/Press any key for the menu/, patienceMs);
      machine.type(' ');
      await machine.waitFor(/Choose what you want to get into/, patienceMs);
      expect(disks.map(({ path }) => sha256(path))).toEqual(before);
      expect(Buffer.compare(stick.read('sparekey.yaml') ?? Buffer.alloc(0), Buffer.from(job))).toBe(0);
      expect(reportOf(stick)?.status).toBe(hasReport ? 'refused' : undefined);
      if (hasReport) expect(stick.read('sparekey-report.txt')?.toString()).toMatch(says);
      // On a stick that is full the kernel's log has no room; the report has.
      if (hasReport && !prepare) expect(stick.read('sparekey-boot.log')?.length).toBeGreaterThan(1000);
    });
  });
});
