import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeEmulatedPi4, onEmulatedPi4 } from '../support/emulated-pi4.ts';
import { createHaosDisk, opensHaosUser } from '../support/haos-disk.ts';
import { type Disk, Machine, type MachineRecord } from '../support/machine.ts';
import { withFolderAsync } from '../support/tools.ts';
import { rescueBob } from './rescue.ts';

/** Each record is one machine that our image is booted on; its name spells the matrix. */
interface Trial extends Omit<MachineRecord, 'disks' | 'kernel'> {
  readonly name: string;
  readonly stick: Disk['bus'];
  readonly patient: Disk['bus'];
  /** Of a board whose boot ROM QEMU lacks: the device tree that its firmware would choose. */
  readonly deviceTree?: string;
  /** How much memory Linux is told of, where QEMU's board has more than the real one. */
  readonly linuxMebibytes?: number;
}

const trials: readonly Trial[] = [
  {
    name: 'pc-bios-usb',
    model: 'pc',
    firmware: 'bios',
    memoryMebibytes: 1024,
    hasScreen: true,
    stick: 'usb',
    patient: 'sata',
  },
  {
    name: 'pc-256M',
    model: 'pc',
    firmware: 'bios',
    memoryMebibytes: 256,
    hasScreen: false,
    stick: 'usb',
    patient: 'sata',
  },
  {
    name: 'q35-uefi-usb',
    model: 'q35',
    firmware: 'uefi',
    memoryMebibytes: 1024,
    hasScreen: true,
    stick: 'usb',
    patient: 'virtio',
  },
  {
    name: 'q35-uefi-secureboot-usb',
    model: 'q35',
    firmware: 'secure-boot',
    memoryMebibytes: 1024,
    hasScreen: false,
    stick: 'usb',
    patient: 'sata',
  },
  {
    name: 'q35-uefi-sata-serial-only',
    model: 'q35',
    firmware: 'uefi',
    memoryMebibytes: 1024,
    hasScreen: false,
    stick: 'sata',
    patient: 'sata',
  },
  {
    name: 'virt-arm64-uefi-usb',
    model: 'virt',
    firmware: 'uefi',
    memoryMebibytes: 1024,
    hasScreen: false,
    stick: 'usb',
    patient: 'virtio',
  },
  {
    name: 'raspi3b-sd',
    model: 'raspi3b',
    firmware: 'none',
    memoryMebibytes: 1024,
    hasScreen: true,
    stick: 'sd',
    patient: 'usb',
    deviceTree: 'bcm2837-rpi-3-b.dtb',
  },
  {
    // As a Zero 2 W: 512 MB, of which the graphics part keeps 64.
    name: 'raspi3b-512M-sd',
    model: 'raspi3b',
    firmware: 'none',
    memoryMebibytes: 1024,
    linuxMebibytes: 448,
    hasScreen: true,
    stick: 'sd',
    patient: 'usb',
    deviceTree: 'bcm2837-rpi-3-b.dtb',
  },
  {
    name: 'raspi4b-sd',
    model: 'raspi4b',
    firmware: 'none',
    memoryMebibytes: 2048,
    hasScreen: true,
    stick: 'sd',
    patient: 'usb',
    deviceTree: 'bcm2711-rpi-4-b.dtb',
  },
];

const image = resolve(process.env['SPAREKEY_IMAGE'] ?? 'dist/sparekey.img');
const pictures = resolve('.cache/e2e');
/** Searched for in everything that the machine said. */
const canary = 'Kanarienvogel7';
/** QEMU wants SD cards to have a power of two as their size; and free space is what the data partition grows into. */
const stickBytes = 512 * 1024 * 1024;

describe('the image boots, and gets a person back in', () => {
  test.each(trials)('$name', async (trial) => {
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
  });
});

describe('Secure Boot', () => {
  test('refuses a kernel of which one bit was changed', async () => {
    await withFolderAsync(async (folder) => {
      const stick = copyStick(folder);
      const kernel = join(folder, 'vmlinuz');
      execFileSync('mcopy', ['-n', '-i', `${stick}@@1M`, '::/boot/amd64/vmlinuz', kernel]);
      const bytes = readFileSync(kernel);
      const middle = bytes.length >> 1;
      bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
      writeFileSync(kernel, bytes);
      execFileSync('mcopy', ['-o', '-i', `${stick}@@1M`, kernel, '::/boot/amd64/vmlinuz']);
      const disks: readonly Disk[] = [{ path: stick, bus: 'usb' }];
      await using machine = await Machine.start({
        model: 'q35',
        firmware: 'secure-boot',
        memoryMebibytes: 1024,
        hasScreen: false,
        disks,
      });
      await machine.waitFor(/bad shim signature/, 240_000);
    });
  });
});

function copyStick(folder: string): string {
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
