import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { describeEmulatedPi4, onEmulatedPi4 } from '../support/emulated-pi4.ts';
import { createHaosDisk, opensHaosUser } from '../support/haos-disk.ts';
import { Machine } from '../support/machine.ts';
import type { Disk, MachineRecord } from '../support/machine-record.ts';
import { withFolderAsync } from '../support/tools.ts';
import { rescueBob } from './rescue.ts';

/** Each record is one machine that our image is booted on; its name spells the matrix. */
export interface Trial extends Omit<MachineRecord, 'disks' | 'kernel'> {
  readonly name: string;
  readonly stick: Disk['bus'];
  readonly patient: Disk['bus'];
  /** Of a board whose boot ROM QEMU lacks: the device tree that its firmware would choose. */
  readonly deviceTree?: string;
  /** How much memory Linux is told of, where QEMU's board has more than the real one. */
  readonly linuxMebibytes?: number;
}

const image = resolve(process.env['SPAREKEY_IMAGE'] ?? 'dist/sparekey.img');
const pictures = resolve('.cache/e2e');
/** Searched for in everything that the machine said. */
const canary = 'Kanarienvogel7';
/** QEMU wants SD cards to have a power of two as their size; and free space is what the data partition grows into. */
const stickBytes = 512 * 1024 * 1024;

/** Boots the image, resets a password on the attached disk over the serial console, and checks the disk from outside. */
export const tryRescue = async (trial: Trial): Promise<void> => {
  await withFolderAsync(async (folder) => {
    const stick = copyStick(folder);
    const patient = createHaosDisk(join(folder, 'patient.img'));
    const disks: readonly Disk[] = [
      { path: stick, bus: trial.stick },
      { path: patient.path, bus: trial.patient },
    ];
    const kernel = takeKernel(stick, folder, trial);
    await using machine = await Machine.start({ ...trial, disks, ...(kernel && { kernel }) });
    try {
      await rescueBob(machine, trial.hasScreen, canary);
      expect(await machine.end(120_000)).toBe(0);
    } finally {
      mkdirSync(pictures, { recursive: true });
      writeFileSync(join(pictures, `${trial.name}.log`), machine.console);
    }
    expect(opensHaosUser(patient, 'Bob', canary)).toBe(true);
    expect(opensHaosUser(patient, 'alice', 'forgotten-by-alice')).toBe(true);
    expect(machine.console).not.toContain(canary);
    expect(partitionsOf(stick)).toEqual(['c', '7']);
  });
};

/** A stick made of the image, with room that is not used yet. */
export function copyStick(folder: string): string {
  if (!existsSync(image)) throw new Error(`${image} is not there: run "make image" first.`);
  const stick = join(folder, 'stick.img');
  execFileSync('cp', ['--sparse=always', image, stick]);
  truncateSync(stick, stickBytes);
  return stick;
}

/** What the Raspberry Pi's own firmware does with config.txt: kernel, initramfs, command line and device tree. */
function takeKernel(stick: string, folder: string, trial: Trial): MachineRecord['kernel'] {
  const { model, deviceTree, linuxMebibytes } = trial;
  if (!deviceTree) return undefined;
  const take = (name: string) => {
    const path = join(folder, name);
    execFileSync('mcopy', ['-n', '-i', `${stick}@@1M`, `::/${name}`, path]);
    return path;
  };
  const limit = linuxMebibytes ? ` mem=${linuxMebibytes}M` : '';
  const commandLine = `${readFileSync(take('cmdline.txt'), 'utf8').trim()}${limit}`;
  const kernel = { image: take('vmlinuz'), initramfs: take('initrd.img'), deviceTree: take(deviceTree), commandLine };
  if (model !== 'raspi4b') return kernel;
  describeEmulatedPi4(kernel.deviceTree);
  return { ...kernel, commandLine: onEmulatedPi4(commandLine) };
}

/** The types of a disk's partitions, as sfdisk prints them. */
function partitionsOf(disk: string): readonly string[] {
  const table = JSON.parse(execFileSync('sfdisk', ['--json', disk], { encoding: 'utf8' }));
  return table.partitiontable.partitions.map((each: { readonly type: string }) => each.type);
}
