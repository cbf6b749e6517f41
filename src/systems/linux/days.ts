import type { ShadowEntry } from '../../formats/shadow.ts';

const dayMs = 86_400_000;
/** Sparekey did not exist before: a clock that shows less is wrong (a Raspberry Pi has none that runs on). */
const earliestDay = Date.UTC(2026, 0, 1) / dayMs;
/** A clock that shows more is wrong too: the battery of a PC was empty, or 32 bits have run over. */
const latestDay = Date.UTC(2046, 0, 1) / dayMs;
/** How much later than now a disk may have been written to: time zones, and clocks that are minutes off. */
const toleratedDays = 2;
/** shadow's own default, 99999, means never; so does whatever nobody lives to see. */
const neverDays = 36_500;

/** Days since 1970, as shadow counts them. */
export const dayOf = (nowMs: number): number => Math.floor(nowMs / dayMs);

/** A day of shadow's as YYYY-MM-DD; undefined for none, and for days that no calendar holds. */
export const dateOf = (day: number | undefined): string | undefined =>
  day !== undefined && day * dayMs <= 8.64e15 ? new Date(day * dayMs).toISOString().replace(/T.*/, '') : undefined;

const isPlausible = (ms: number): boolean => dayOf(ms) >= earliestDay && dayOf(ms) < latestDay;

/** Which day it is, as far as that can be told. */
export interface Today {
  /** The clock shows a time that can be, and not before the disk was last used. */
  readonly isClockRight: boolean;
  /** Today, or with a wrong clock the latest day that has certainly come. */
  readonly day: number;
  /** With a wrong clock: whether the disk itself knows that day. */
  readonly isFromDisk: boolean;
}

/** @param knownMs times at which the disk was in use, milliseconds since 1970 */
export const todayOf = (nowMs: number, knownMs: readonly number[]): Today => {
  const possible = knownMs.filter(isPlausible);
  const known = possible.length > 0 ? Math.max(...possible.map(dayOf)) : undefined;
  const clock = isPlausible(nowMs) ? dayOf(nowMs) : undefined;
  if (clock !== undefined && (known === undefined || known <= clock + toleratedDays))
    return { isClockRight: true, day: clock, isFromDisk: false };
  const day = Math.max(clock ?? earliestDay, known ?? earliestDay);
  return { isClockRight: false, day, isFromDisk: known !== undefined };
};

/** Closed by field 8. With a wrong clock, what had expired before any possible today is past all the same. */
export const isExpired = ({ expiryDay }: ShadowEntry, { day }: Today): boolean =>
  expiryDay !== undefined && day >= expiryDay;

/**
 * The password's age asks for a new one at login (`change`), or has closed the account (`closed`): the rules of
 * pam_unix, shadow(5) fields 3, 5 and 7.
 */
export const ageingOf = (entry: ShadowEntry, { day }: Today): 'fine' | 'change' | 'closed' => {
  const { changedDay, maxDays, inactiveDays } = entry;
  if (changedDay === 0) return 'change';
  if (changedDay === undefined || maxDays === undefined) return 'fine';
  const overdueDays = day - changedDay - maxDays;
  if (overdueDays <= 0) return 'fine';
  return inactiveDays !== undefined && overdueDays > inactiveDays ? 'closed' : 'change';
};

/** Whether the password grows too old one day (field 5). */
const isAgeing = ({ maxDays }: ShadowEntry): boolean => maxDays !== undefined && maxDays < neverDays;

/** What becomes of the days in a line whose password is new. */
export interface NewDays {
  readonly changedDay: number | undefined;
  /** Field 8 is past, and is emptied. */
  readonly isExpiryCleared: boolean;
  /** Field 7, and field 5 with it where not even the disk knows the day: nothing closes the account for its age. */
  readonly cleared: readonly ('maxDays' | 'inactiveDays')[];
}

/**
 * Field 3 becomes today, never 0. Empty stays empty where nothing ages: pam_unix takes an empty field for a day before
 * 1970 wherever field 5 is set, whatever shadow(5) says. With a wrong clock the day that is written is a day of the past,
 * nobody knows how long ago: what would close the account some time after it is emptied.
 */
export const newDaysOf = (entry: ShadowEntry, today: Today): NewDays => {
  const isExpiryCleared = isExpired(entry, today);
  const changedDay = changedDayFor(entry, today);
  if (today.isClockRight || !isAgeing(entry)) return { changedDay, isExpiryCleared, cleared: [] };
  const isClosing = entry.inactiveDays !== undefined;
  return {
    changedDay,
    isExpiryCleared,
    cleared: [...(today.isFromDisk ? [] : ['maxDays' as const]), ...(isClosing ? ['inactiveDays' as const] : [])],
  };
};

const changedDayFor = (entry: ShadowEntry, { isClockRight, isFromDisk, day }: Today): number | undefined => {
  const { changedDay } = entry;
  if (changedDay === undefined) return isAgeing(entry) ? day : undefined;
  if (isClockRight) return day;
  // Not before the day on which the password was last changed: then it was that day at least.
  if (isFromDisk || isAgeing(entry)) return Math.max(changedDay, day);
  return changedDay === 0 ? undefined : changedDay;
};
