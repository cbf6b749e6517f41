import { readFile } from 'node:fs/promises';

/** What names a disk, as it was found first. */
export type SteadyIdentity = (kernelName: string, identity: string) => Promise<string>;

/**
 * A disk keeps the identity that it was found with for as long as it is plugged in. On a busy machine udev tells its
 * serial number late, or lsblk is asked without udev: what somebody has chosen would be "gone" when it is called by
 * another name a moment later. Another disk, or another card in the same reader, has another sequence number (Linux,
 * Documentation/ABI/stable/sysfs-block: diskseq, since 5.15); without that nothing is kept.
 * @param blocks where the kernel lists its disks
 */
export const createSteadyIdentity = (blocks = '/sys/block'): SteadyIdentity => {
  const first = new Map<string, string>();
  return async (kernelName, identity) => {
    const sequence = await readFile(`${blocks}/${kernelName}/diskseq`, 'utf8').catch(() => undefined);
    if (sequence === undefined) return identity;
    const known = first.get(sequence) ?? identity;
    first.set(sequence, known);
    return known;
  };
};
