import { describe, test } from 'vitest';
import { type Trial, tryRescue } from './trial.ts';

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
    name: 'q35-uefi-usb',
    model: 'q35',
    firmware: 'uefi',
    memoryMebibytes: 1024,
    hasScreen: true,
    stick: 'usb',
    patient: 'virtio',
  },
  {
    // Built in, where only a stick with a name of its own is known for ours.
    name: 'q35-uefi-sata-serial-only',
    isNamed: true,
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

describe('the image boots, and gets a person back in', () => {
  test.each(trials)('$name', tryRescue);
});
