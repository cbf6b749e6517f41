import { jobOf, step } from './job.ts';
import { Stick } from './stick.ts';

/** The password that a stranger's job would set. */
export const planted = 'planted-by-a-stranger';

/** A job as it lies on a stranger's disk: the password of somebody on another disk becomes the stranger's. */
export const plantedJob = jobOf(step('LABEL=hassos-data', 'alice', `password: "${planted}"`));

/**
 * A disk that its maker gave everything that a new stick of ours has, to the last byte, and a job of its own. What it
 * cannot have is what the boot loader read from the real one.
 */
export const createForgedDisk = (folder: string, job: string | undefined = plantedJob): Stick => {
  const disk = new Stick(folder, 'forged.img');
  if (job !== undefined) disk.write('sparekey.yaml', job);
  return disk;
};

/** Lets the kernel say on the serial console that it has begun: GRUB is done with the stick then, and Linux sees none yet. */
export const tellOfKernel = (stick: Stick): void => {
  const settings = stick.read('EFI/debian/grub.cfg')?.toString() ?? '';
  stick.write('EFI/debian/grub.cfg', settings.replaceAll(' quiet loglevel=3', ' loglevel=7'));
};

/** What it then says first. */
export const kernelBegins = /Linux version/;
