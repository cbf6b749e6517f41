import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../support/disk-image.ts';
import { createHaosDisk } from '../support/haos-disk.ts';
import { withFolderAsync } from '../support/tools.ts';
import { haosJob, patienceMs, reportOf, start } from './job.ts';
import { Stick } from './stick.ts';

describe('a job that is refused changes nothing', () => {
  interface Case {
    readonly name: string;
    readonly job?: string | Uint8Array;
    readonly disks?: number;
    readonly prepare?: (stick: Stick) => void;
    readonly isReadOnly?: boolean;
    /** On the console; and in the report, unless that cannot be written. */
    readonly says: RegExp;
    readonly hasReport: boolean;
  }

  const cases: readonly Case[] = [
    {
      name: 'two disks that both match',
      disks: 2,
      says: /Several systems match.*haos@sd.8, haos@sd.8/,
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

  test.each(cases)('$name', async ({ job = haosJob, disks = 1, prepare, isReadOnly, says, hasReport }) => {
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      stick.write('sparekey.yaml', job);
      prepare?.(stick);
      const patients = Array.from({ length: disks }, (_, index) => createHaosDisk(join(folder, `haos${index}.img`)));
      const before = patients.map(({ path }) => sha256(path));
      await using machine = await start(
        stick,
        patients.map(({ path }) => ({ path, bus: 'sata' })),
        isReadOnly,
      );
      await machine.waitFor(says, patienceMs);
      await machine.waitFor(/Sparekey: refused/, patienceMs);
      await machine.waitFor(/Press any key for the menu/, patienceMs);
      machine.type(' ');
      await machine.waitFor(/Choose what you want to get into/, patienceMs);
      expect(patients.map(({ path }) => sha256(path))).toEqual(before);
      expect(Buffer.compare(stick.read('sparekey.yaml') ?? Buffer.alloc(0), Buffer.from(job))).toBe(0);
      expect(reportOf(stick)?.status).toBe(hasReport ? 'refused' : undefined);
      if (hasReport) expect(stick.read('sparekey-report.txt')?.toString()).toMatch(says);
      // On a stick that is full the kernel's log has no room; the report has.
      if (hasReport && !prepare) expect(stick.read('sparekey-boot.log')?.length).toBeGreaterThan(1000);
    });
  });
});
