import type { ShadowEntry } from '../../formats/shadow.ts';

const dayMs = 86_400_000;
/** Sparekey did not exist before: a clock that shows less is wrong (a Raspberry Pi has none that runs on). */
const earliestDay = Date.UTC(2026, 0, 1) / dayMs;

/** Days since 1970, as shadow counts them. */
export const dayOf = (nowMs: number): number => Math.floor(nowMs / dayMs);

export const isAbsurd = (nowMs: number): boolean => dayOf(nowMs) < earliestDay;

/** Closed by field 8. With a wrong clock, what had expired before any possible today is past all the same. */
export const isExpired = ({ expiryDay }: ShadowEntry, nowMs: number): boolean =>
  expiryDay !== undefined && Math.max(dayOf(nowMs), earliestDay) >= expiryDay;

/**
 * The password's age asks for a new one at login (`change`), or has closed the account (`closed`): the rules of
 * pam_unix, shadow(5) fields 3, 5 and 7.
 */
export const ageingOf = (entry: ShadowEntry, nowMs: number): 'fine' | 'change' | 'closed' => {
  const { changedDay, maxDays, inactiveDays } = entry;
  if (changedDay === 0) return 'change';
  if (changedDay === undefined || maxDays === undefined) return 'fine';
  const overdueDays = dayOf(nowMs) - changedDay - maxDays;
  if (overdueDays <= 0) return 'fine';
  return inactiveDays !== undefined && overdueDays > inactiveDays ? 'closed' : 'change';
};
