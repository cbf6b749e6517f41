import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createHaosDisk, opensHaosUser } from '../support/haos-disk.ts';
import { Machine } from '../support/machine.ts';
import { withFolderAsync } from '../support/tools.ts';
import { canary, finish, haosJob, patienceMs, reportOf } from './job.ts';
import { takeKernel } from './raspberry-pi.ts';
import { Stick } from './stick.ts';

test('a Raspberry Pi, whose firmware does not look for a job: it is found on the card, and run', async () => {
  await withFolderAsync(async (folder) => {
    const stick = new Stick(folder);
    stick.write('sparekey.yaml', haosJob);
    const haos = createHaosDisk(join(folder, 'haos.img'));
    const board = { model: 'raspi3b', deviceTree: 'bcm2837-rpi-3-b.dtb' } as const;
    await using machine = await Machine.start({
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
    await machine.waitFor(/“try” starts in/, patienceMs);
    await finish(machine);
    expect(reportOf(stick).status).toBe('done');
    expect(opensHaosUser(haos, 'Bob', canary)).toBe(true);
    expect(stick.read('sparekey.done.yaml')?.toString()).not.toContain(canary);
  });
});
