import { access } from 'node:fs/promises';

const askEveryMs = 100;
const patienceUnlessToldMs = 20_000;

/** The daemon that finds out of a device what the kernel does not know, such as its serial number (udev(7)). */
export interface Udev {
  /**
   * Waits until it has dealt with these devices (major:minor). One that it never deals with is waited for once.
   * @returns whether there was anything to wait for
   */
  readonly settle: (devices: readonly string[]) => Promise<boolean>;
}

/** @param folder where its control socket and its database are; a machine without udev has neither */
export const createUdev = (folder = '/run/udev', patienceMs = patienceUnlessToldMs): Udev => {
  const inVain = new Set<string>();
  // A block device's entry in the database (systemd, src/libsystemd/sd-device/device-private.c).
  const isUnknown = async (device: string) => !inVain.has(device) && !(await exists(`${folder}/data/b${device}`));
  return {
    settle: async (devices) => {
      if (!(await exists(`${folder}/control`))) return false;
      let late = await filterAsync(devices, isUnknown);
      if (late.length === 0) return false;
      for (const deadline = Date.now() + patienceMs; late.length > 0 && Date.now() < deadline; ) {
        await new Promise((resolve) => setTimeout(resolve, askEveryMs));
        late = await filterAsync(late, isUnknown);
      }
      for (const device of late) inVain.add(device);
      return true;
    },
  };
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const filterAsync = async <T>(all: readonly T[], isWanted: (each: T) => Promise<boolean>): Promise<readonly T[]> => {
  const wanted = await Promise.all(all.map(isWanted));
  return all.filter((_, index) => wanted[index]);
};
