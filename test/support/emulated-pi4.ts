import { run } from './tools.ts';

/** Parts of a Raspberry Pi 4 that QEMU 10 does not have: touching their registers ends the machine. */
const missingParts = [
  '/soc/interrupt-controller@7ef00100',
  '/soc/clock@7ef00000',
  '/soc/hdmi@7ef00700',
  '/soc/hdmi@7ef05700',
  '/soc/i2c@7ef04500',
  '/soc/i2c@7ef09500',
];

const oldCardSlot = '/soc/mmc@7e300000';

/**
 * Changes a device tree of the Raspberry Pi 4 to describe what QEMU emulates: no HDMI and no PCI (so no USB sockets, but
 * the USB-C port with a disk behind it); the card at the older of the board's two controllers, which belongs to Wi-Fi on
 * a real one and has the same driver; and the console on the first serial port, since an open second one interrupts
 * QEMU's processor without end.
 */
export const describeEmulatedPi4 = (deviceTree: string): void => {
  for (const part of missingParts) run('fdtput', ['-t', 's', deviceTree, part, 'status', 'disabled']);
  run('fdtput', ['-t', 's', deviceTree, '/soc/usb@7e980000', 'dr_mode', 'host']);
  run('fdtput', ['-r', deviceTree, `${oldCardSlot}/wifi@1`]);
  run('fdtput', ['-d', deviceTree, oldCardSlot, 'mmc-pwrseq', 'non-removable']);
  run('fdtput', ['-r', deviceTree, '/soc/serial@7e201000/bluetooth']);
};

/** The serial port of the stick's command line, on the emulated board. */
export const onEmulatedPi4 = (commandLine: string): string => commandLine.replace('ttyS1', 'ttyAMA0');
