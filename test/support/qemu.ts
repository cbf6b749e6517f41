import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { MachineRecord } from './machine-record.ts';

/** A newer QEMU than this machine's, if scripts/emulator.ts had to fetch one: only its Raspberry Pi 4 is needed. */
const newerEmulator = resolve(import.meta.dirname, '../../.cache/emulator/qemu-system-aarch64');

/** The emulator for a machine. */
export function programOf({ model }: MachineRecord): string {
  if (model === 'q35' || model === 'pc') return 'qemu-system-x86_64';
  return model === 'raspi4b' && existsSync(newerEmulator) ? newerEmulator : 'qemu-system-aarch64';
}

/**
 * A machine in QEMU's words.
 * @param folder where its control socket and its firmware's variables are kept
 * @param serial what its first console is connected with
 */
export async function argumentsOf(record: MachineRecord, folder: string, serial: string): Promise<readonly string[]> {
  return [
    ...(await boardOf(record, folder)),
    '-serial',
    serial,
    ...disksOf(record),
    ...(record.more ?? []),
    ...common(record, folder),
  ];
}

/** One processor and plain emulation: QEMU 7.2 panics guests with two, and build machines rarely lend out their KVM. */
function common({ hasNetwork }: MachineRecord, folder: string): readonly string[] {
  const control = ['-qmp', `unix:${join(folder, 'qmp')},server=on,wait=off`, '-monitor', 'none'];
  const network = hasNetwork ? 'user,restrict=on,model=e1000e' : 'none';
  return ['-nodefaults', '-accel', 'tcg', '-display', 'none', '-nic', network, '-no-reboot', ...control];
}

async function boardOf(record: MachineRecord, folder: string): Promise<readonly string[]> {
  const memory = ['-m', `${record.memoryMebibytes}`];
  switch (record.model) {
    case 'raspi3b':
      // The board's first serial port belongs to Bluetooth; the console is the second.
      return ['-M', 'raspi3b', ...bootOf(record), '-serial', 'null'];
    case 'raspi4b':
      return ['-M', 'raspi4b', ...bootOf(record)];
    case 'virt': {
      const firmware = await flash(folder, '/usr/share/AAVMF/AAVMF_CODE', '/usr/share/AAVMF/AAVMF_VARS', record);
      const screen = record.hasScreen ? ['-device', 'virtio-gpu-pci', '-device', 'usb-kbd,bus=usb.0'] : [];
      return ['-M', 'virt', '-cpu', 'cortex-a57', ...memory, ...firmware, ...usb, ...screen];
    }
    default: {
      const isGuarded = record.firmware === 'secure-boot';
      const machine = isGuarded ? `${record.model},smm=on` : record.model;
      const guard = isGuarded ? ['-global', 'driver=cfi.pflash01,property=secure,value=on'] : [];
      const uefi = await flash(folder, '/usr/share/OVMF/OVMF_CODE_4M', '/usr/share/OVMF/OVMF_VARS_4M', record);
      const screen = record.hasScreen ? ['-device', 'VGA'] : [];
      return ['-M', machine, '-cpu', 'max', ...memory, ...guard, ...uefi, ...usb, ...screen];
    }
  }
}

function bootOf({ kernel }: MachineRecord): readonly string[] {
  const { image = '', initramfs = '', deviceTree = '', commandLine = '' } = kernel ?? {};
  return ['-kernel', image, '-initrd', initramfs, '-dtb', deviceTree, '-append', commandLine];
}

const usb = ['-device', 'qemu-xhci,id=usb'];

/** UEFI in two flash chips: its code, and a copy of its variables, which with Secure Boot hold Microsoft's keys. */
async function flash(
  folder: string,
  code: string,
  variables: string,
  { firmware }: MachineRecord,
): Promise<readonly string[]> {
  if (firmware === 'bios' || firmware === 'none') return [];
  const ending = firmware === 'secure-boot' ? '.ms.fd' : '.fd';
  const own = join(folder, 'variables.fd');
  await copyFile(`${variables}${ending}`, own);
  const chip = 'if=pflash,format=raw';
  return ['-drive', `${chip},unit=0,readonly=on,file=${code}${ending}`, '-drive', `${chip},unit=1,file=${own}`];
}

function disksOf({ disks, model }: MachineRecord): readonly string[] {
  const isRaspberryPi = model === 'raspi3b' || model === 'raspi4b';
  return disks.flatMap(({ path, bus, isSnapshot, isReadOnly }, index) => {
    const drive = `format=raw,file=${path},snapshot=${isSnapshot ? 'on' : 'off'},readonly=${isReadOnly ? 'on' : 'off'}`;
    if (bus === 'sd') return ['-drive', `if=sd,${drive}`];
    const name = `disk${index}`;
    const order = isRaspberryPi ? '' : `,bootindex=${index}`;
    const device = {
      usb: `usb-storage,drive=${name},removable=on${isRaspberryPi ? '' : ',bus=usb.0'}`,
      sata: `ide-hd,drive=${name}${model === 'q35' ? `,bus=ide.${index}` : ''}`,
      virtio: `virtio-blk-pci,drive=${name}`,
    }[bus];
    return ['-drive', `if=none,id=${name},${drive}`, '-device', `${device},id=device-${name}${order}`];
  });
}
