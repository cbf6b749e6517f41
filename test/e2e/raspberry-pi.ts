import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeEmulatedPi4, onEmulatedPi4 } from '../support/emulated-pi4.ts';
import type { MachineRecord } from '../support/machine-record.ts';

type Kernel = NonNullable<MachineRecord['kernel']>;

/** A board whose boot ROM QEMU lacks. */
export interface Board extends Pick<MachineRecord, 'model'> {
  /** The device tree that its firmware would choose. */
  readonly deviceTree: string;
  /** How much memory Linux is told of, where QEMU's board has more than the real one. */
  readonly linuxMebibytes?: number;
}

/** What the Raspberry Pi's own firmware does with config.txt: kernel, initramfs, command line and device tree. */
export function takeKernel(stick: string, folder: string, board: Board): Kernel {
  const { model, deviceTree, linuxMebibytes } = board;
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
