import { mkdirSync } from 'node:fs';
import { alone } from '../../test/e2e/login.ts';
import { Stick } from '../../test/e2e/stick.ts';
import { createBootableDebian } from '../../test/support/bootable-debian.ts';
import type { DebianDisk } from '../../test/support/debian-disk.ts';
import { createHaosDisk, type HaosDisk } from '../../test/support/haos-disk.ts';
import type { MachineRecord } from '../../test/support/machine-record.ts';

export interface Scene {
  readonly homeAssistant: HaosDisk;
  readonly debian: DebianDisk;
  /** A PC with both disks, started from the rescue stick. */
  readonly rescue: MachineRecord;
  /** A PC with the Debian disk alone, started from it. */
  readonly own: MachineRecord;
}

const folder = '.cache/demo';

/** Makes the disks whose passwords are forgotten, and a stick of the image, all anew. */
export const createScene = (): Scene => {
  mkdirSync(folder, { recursive: true });
  const stick = new Stick(folder);
  const homeAssistant = createHaosDisk(`${folder}/home-assistant.img`);
  const debian = createBootableDebian(`${folder}/bootable-debian.img`);
  const disks = [
    { path: stick.path, bus: 'usb' },
    { path: homeAssistant.path, bus: 'sata' },
    { path: debian.path, bus: 'virtio' },
  ] as const;
  return {
    homeAssistant,
    debian,
    rescue: { model: 'q35', firmware: 'bios', memoryMebibytes: 1024, hasScreen: false, disks },
    own: alone(debian),
  };
};
