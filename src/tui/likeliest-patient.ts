import type { Scan } from '../engine/scan-result.ts';
import type { Volume } from '../model/storage.ts';

/**
 * The volume that somebody has most likely come for: one with accounts, on a disk that is not ours; Home Assistant
 * before Linux, since the Linux around it is seldom what people cannot get into, and a disk that was plugged in before a
 * built-in one. Undefined as long as nothing fits.
 */
export const likeliestPatient = ({ disks, systems }: Scan): Volume | undefined => {
  const patients = disks
    .filter(({ isRunningSystem, isRescueMedium }) => !isRunningSystem && !isRescueMedium)
    .flatMap((disk) => disk.volumes.map((volume) => ({ disk, volume })));
  const score = ({ disk, volume }: (typeof patients)[number]): number => {
    const here = systems.filter((system) => system.volume.id === volume.id && system.accounts.length > 0);
    if (volume.isInUse || here.length === 0) return 0;
    const isHome = here.some(({ accounts }) => accounts.some(({ realm }) => realm === 'home-assistant'));
    return 1 + (isHome ? 2 : 0) + (disk.isRemovable ? 1 : 0);
  };
  const best = patients.reduce<(typeof patients)[number] | undefined>(
    (found, each) => (score(each) > (found ? score(found) : 0) ? each : found),
    undefined,
  );
  return best?.volume;
};
