import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createHaosDisk, opensHaosUser } from '../support/haos-disk.ts';
import { Machine } from '../support/machine.ts';
import { withFolderAsync } from '../support/tools.ts';
import { canary, finish, haosJob, patienceMs, reportOf } from './job.ts';
import { takeKernel } from './raspberry-pi.ts';
import { Stick } from './stick.ts';

test('a Raspberry Pi, whose firmware hands over no job: a new card gets a name, starts once more, and its job is run', async () => {
  await withFolderAsync(async (folder) => {
    const stick = new Stick(folder);
    stick.write('sparekey.yaml', haosJob);
    const haos = createHaosDisk(join(folder, 'haos.img'));
    const board = { model: 'raspi3b', deviceTree: 'bcm2837-rpi-3-b.dtb' } as const;
    const switchOn = () =>
      Machine.start({
        model: board.model,
        firmware: 'none',
        memoryMebibytes: 1024,
        hasScreen: true,
        disks: [
          { path: stick.path, bus: 'sd' },
          { path: haos.path, bus: 'usb' },
        ],
        kernel: takeKernel(stick.path, folder, board),
      });
    const newName = stick.name;
    {
      await using machine = await switchOn();
      await machine.waitFor(/this card is new/, patienceMs);
      await finish(machine);
      expect(machine.console).not.toMatch(/starts in/);
    }
    expect(stick.name).not.toBe(newName);
    expect(stick.read('cmdline.txt')?.toString()).toContain(`sparekey.medium=${stick.name}\n`);
    expect(opensHaosUser(haos, 'Bob', 'forgotten-by-bob')).toBe(true);
    await using machine = await switchOn();
    await machine.waitFor(/“try” starts in/, patienceMs);
    await finish(machine);
    expect(reportOf(stick).status).toBe('done');
    expect(opensHaosUser(haos, 'Bob', canary)).toBe(true);
    expect(stick.read('sparekey.done.yaml')?.toString()).not.toContain(canary);
  });
});
