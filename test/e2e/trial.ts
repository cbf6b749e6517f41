import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { sha256 } from '../support/disk-image.ts';
import { createHaosDisk, opensHaosUser } from '../support/haos-disk.ts';
import { createHostileDisk } from '../support/hostile-disk.ts';
import { Machine } from '../support/machine.ts';
import type { Disk, MachineRecord } from '../support/machine-record.ts';
import { withFolderAsync } from '../support/tools.ts';
import { createForgedDisk } from './forged.ts';
import { type Board, takeKernel } from './raspberry-pi.ts';
import { rescueBob } from './rescue.ts';
import { Stick } from './stick.ts';

/** Each record is one machine that our image is booted on; its name spells the matrix. */
export interface Trial extends Omit<MachineRecord, 'disks' | 'kernel'>, Partial<Omit<Board, 'model'>> {
  readonly name: string;
  readonly stick: Disk['bus'];
  readonly patient: Disk['bus'];
  /** With a disk beside it that asks the kernel to panic, and has what would make it. */
  readonly isBesideHostile?: true;
  /** The stick has its name already, as from `make flash`. */
  readonly isNamed?: true;
  /** With a disk beside it that is made to look like the stick, and has a job. */
  readonly isBesideForged?: true;
}

const pictures = resolve('.cache/e2e');
/** Searched for in everything that the machine said. */
const canary = 'Kanarienvogel7';

/** Boots the image, resets a password on the attached disk over the serial console, and checks the disk from outside. */
export const tryRescue = async (trial: Trial): Promise<void> => {
  await withFolderAsync(async (folder) => {
    const stick = new Stick(folder);
    if (trial.isNamed) stick.giveName('1A2B-3C4D');
    const patient = createHaosDisk(join(folder, 'patient.img'));
    const hostile = join(folder, 'hostile.img');
    const forged = trial.isBesideForged && createForgedDisk(folder);
    const forgedBefore = forged && sha256(forged.path);
    const disks: readonly Disk[] = [
      { path: stick.path, bus: trial.stick },
      { path: patient.path, bus: trial.patient },
      ...(trial.isBesideHostile ? [{ path: hostile, bus: trial.patient }] : []),
      ...(forged ? [{ path: forged.path, bus: trial.patient }] : []),
    ];
    if (trial.isBesideHostile) createHostileDisk(hostile);
    const kernel = trial.deviceTree
      ? takeKernel(stick.path, folder, { ...trial, deviceTree: trial.deviceTree })
      : undefined;
    await using machine = await Machine.start({ ...trial, disks, ...(kernel && { kernel }) });
    try {
      await rescueBob(machine, trial.hasScreen, canary, trial.isBesideHostile ? [/panic-optio/] : []);
      expect(await machine.end(120_000)).toBe(0);
    } finally {
      mkdirSync(pictures, { recursive: true });
      writeFileSync(join(pictures, `${trial.name}.log`), machine.console);
    }
    expect(opensHaosUser(patient, 'Bob', canary)).toBe(true);
    expect(opensHaosUser(patient, 'alice', 'forgotten-by-alice')).toBe(true);
    expect(machine.console).not.toContain(canary);
    expect(forged && sha256(forged.path)).toBe(forgedBefore);
    expect(stick.partitions.map(({ type }) => type)).toEqual(['c', '7']);
  });
};
