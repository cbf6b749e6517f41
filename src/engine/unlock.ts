import type { Disk, Source } from '../model/storage.ts';
import type { Context } from './context.ts';

/** A passphrase may be mistyped twice. */
const mostTries = 3;

/**
 * Surveys, and asks for passphrases as long as there are encrypted volumes that none has opened yet: each that is given is
 * tried on all of them. Whoever gives none leaves them closed.
 * @throws RescueError what Storage.survey throws
 */
export const surveyAndUnlock = async (
  { storage, passphrases }: Context,
  sources: readonly Source[],
): Promise<readonly Disk[]> => {
  let disks = await storage.survey(sources);
  if (passphrases === undefined) return disks;
  for (let tries = 0; tries < mostTries; ) {
    const locked = lockedIn(disks);
    if (locked.length === 0) break;
    const key = await passphrases.ask(locked, tries > 0);
    if (key === undefined) break;
    storage.addKeys([key]);
    disks = await storage.survey(sources);
    tries = lockedIn(disks).length < locked.length ? 0 : tries + 1;
  }
  return disks;
};

const lockedIn = (disks: readonly Disk[]): readonly string[] =>
  disks
    .flatMap(({ volumes }) => volumes)
    .filter(({ unopened }) => unopened?.code === 'locked')
    .map(({ selector }) => selector);
