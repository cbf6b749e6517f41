import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../support/disk-image.ts';
import { createHaosDisk, type HaosDisk, opensHaosUser } from '../support/haos-disk.ts';
import { Machine } from '../support/machine.ts';
import type { MachineRecord } from '../support/machine-record.ts';
import { withFolderAsync } from '../support/tools.ts';
import { createForgedDisk, kernelBegins, planted, tellOfKernel } from './forged.ts';
import { canary, finish, haosJob, patienceMs, reportOf } from './job.ts';
import { takeKernel } from './raspberry-pi.ts';
import { powerOff, reachFirstScreen } from './rescue.ts';
import { Stick } from './stick.ts';

/** A job is obeyed from the medium that the machine was started from, and from no disk that looks like it. */

interface Scene {
  readonly stick: Stick;
  readonly forged: Stick;
  readonly haos: HaosDisk;
  /** Nothing of what the stranger's job asks for has happened, and nothing was written where it lies. */
  readonly expectForgedIgnored: () => void;
}

const inScene = (job: string | undefined, action: (scene: Scene, folder: string) => Promise<void>): Promise<void> =>
  withFolderAsync(async (folder) => {
    const stick = new Stick(folder);
    if (job !== undefined) stick.write('sparekey.yaml', job);
    const haos = createHaosDisk(join(folder, 'haos.img'));
    const forged = createForgedDisk(folder);
    const before = sha256(forged.path);
    const expectForgedIgnored = () => {
      expect(opensHaosUser(haos, 'alice', planted)).toBe(false);
      expect(opensHaosUser(haos, 'alice', 'forgotten-by-alice')).toBe(true);
      expect(sha256(forged.path)).toBe(before);
    };
    await action({ stick, forged, haos, expectForgedIgnored }, folder);
  });

/** Waits until Linux has read more of a disk than its partition table. */
const looksAt = async (machine: Machine, disk: string): Promise<void> => {
  const before = await machine.readsOf(disk);
  await expect.poll(() => machine.readsOf(disk), { timeout: patienceMs, interval: 200 }).toBeGreaterThan(before + 20);
};

type Firmware = Pick<MachineRecord, 'model' | 'firmware'>;

/** The stranger's disk is built in, where Linux sees it long before the stick. */
const switchOn = (firmware: Firmware, { stick, forged, haos }: Scene): Promise<Machine> =>
  Machine.start({
    ...firmware,
    memoryMebibytes: 1024,
    hasScreen: false,
    disks: [
      { path: stick.path, bus: 'usb' },
      { path: forged.path, bus: 'virtio' },
      { path: haos.path, bus: 'virtio' },
    ],
  });

const firmwares: readonly (Firmware & { readonly name: string })[] = [
  { name: 'BIOS', model: 'pc', firmware: 'bios' },
  { name: 'UEFI', model: 'q35', firmware: 'uefi' },
  { name: 'Secure Boot', model: 'q35', firmware: 'secure-boot' },
  { name: 'arm64', model: 'virt', firmware: 'uefi' },
];

describe.each(firmwares)('a forged disk beside the stick, $name', (firmware) => {
  test('the stick has a job: that one is run', async () => {
    await inScene(haosJob, async (scene) => {
      await using machine = await switchOn(firmware, scene);
      await machine.waitFor(/“try” starts in/, patienceMs);
      await finish(machine);
      expect(reportOf(scene.stick).status).toBe('done');
      expect(opensHaosUser(scene.haos, 'Bob', canary)).toBe(true);
      expect(scene.stick.read('sparekey.yaml')).toBeUndefined();
      scene.expectForgedIgnored();
    });
  });

  test('the stick has none, and is pulled before Linux sees it: the menu comes', async () => {
    await inScene(undefined, async (scene) => {
      tellOfKernel(scene.stick);
      await using machine = await switchOn(firmware, scene);
      await machine.waitFor(kernelBegins, patienceMs);
      await machine.pull('device-disk0');
      await reachFirstScreen(machine, false);
      await machine.shows(/hassos-data .*Home Assistant OS/, patienceMs);
      expect(machine.screen.join('\n')).not.toMatch(/this rescue stick/);
      await powerOff(machine);
      expect(await machine.end(60_000)).toBe(0);
      expect(machine.console).not.toMatch(/starts in/);
      scene.expectForgedIgnored();
    });
  });

  test('the stick has a job, and is pulled before Linux sees it: no other is run, and it waits for the stick', async () => {
    await inScene(haosJob, async (scene) => {
      tellOfKernel(scene.stick);
      await using machine = await switchOn(firmware, scene);
      await machine.waitFor(kernelBegins, patienceMs);
      await machine.pull('device-disk0');
      await looksAt(machine, 'disk1');
      expect(machine.console).not.toMatch(/starts in/);
      await machine.plug('late', scene.stick.path);
      await machine.waitFor(/“try” starts in/, patienceMs);
      await finish(machine);
      expect(reportOf(scene.stick).status).toBe('done');
      expect(opensHaosUser(scene.haos, 'Bob', canary)).toBe(true);
      scene.expectForgedIgnored();
    });
  });
});

describe('a forged disk beside the card of a Raspberry Pi', () => {
  const board = { model: 'raspi3b', deviceTree: 'bcm2837-rpi-3-b.dtb' } as const;

  /** `hasCard`: else it was pulled when the firmware was done with it. */
  const startBoard = ({ stick, forged, haos }: Scene, folder: string, hasCard: boolean): Promise<Machine> => {
    const card = { path: stick.path, bus: 'sd' } as const;
    const others = [forged.path, haos.path].map((path) => ({ path, bus: 'usb' }) as const);
    return Machine.start({
      model: board.model,
      firmware: 'none',
      memoryMebibytes: 1024,
      hasScreen: true,
      disks: [...(hasCard ? [card] : []), ...others],
      kernel: takeKernel(stick.path, folder, board),
    });
  };

  test('the job of the card is run', async () => {
    await inScene(haosJob, async (scene, folder) => {
      scene.stick.giveName('1A2B-3C4D');
      await using machine = await startBoard(scene, folder, true);
      await machine.waitFor(/“try” starts in/, patienceMs);
      await finish(machine);
      expect(reportOf(scene.stick).status).toBe('done');
      expect(opensHaosUser(scene.haos, 'Bob', canary)).toBe(true);
      scene.expectForgedIgnored();
    });
  });

  test('the card is pulled: the menu comes', async () => {
    await inScene(haosJob, async (scene, folder) => {
      scene.stick.giveName('1A2B-3C4D');
      await using machine = await startBoard(scene, folder, false);
      await machine.waitFor(/Press Enter to use it here/, patienceMs);
      expect(machine.console).not.toMatch(/starts in/);
      scene.expectForgedIgnored();
    });
  });
});
