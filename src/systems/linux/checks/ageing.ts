import { parseShadow, type ShadowChange, type ShadowEntry, withShadowChange } from '../../../formats/shadow.ts';
import type { Cure, Finding } from '../../../model/finding.ts';
import type { Effect } from '../../../model/plan.ts';
import { ageingOf, dateOf, isExpired, newDaysOf, type Today } from '../days.ts';
import { allDoors, passwordDoors } from './password.ts';
import type { AccountSubject } from './subject.ts';

/** Dates that close an account (shadow(5), fields 3, 5, 7 and 8), by the newest day that is known to have come. */
export const checkDates = async (subject: AccountSubject): Promise<readonly Finding[]> => {
  const { credential, files, today } = subject;
  const { shadow } = credential;
  if (!shadow) return [];
  const user = credential.passwd.name;
  const there = { path: files.shadowPath, line: shadow.line + 1, certainty: 'certain' } as const;
  const findings: Finding[] = [];
  if (isExpired(shadow, today)) {
    const date = dateOf(shadow.expiryDay);
    const details = { user, ...(date !== undefined && { date }) };
    const cure = cureOf(subject, { kind: 'reopen-account', user }, () => ({ expiryDay: undefined }));
    const doors = allDoors.filter((door) => door !== 'sudo');
    findings.push({ ...there, id: 'account-expired', code: 'account-expired', details, doors, isShut: true, cure });
  }
  const age = ageingOf(shadow, today);
  const cure = cureOf(subject, { kind: 'renew-password-age', user }, (entry) => youngDays(entry, today));
  const isOld = { ...there, details: { user }, cure };
  if (age === 'closed')
    findings.push({ ...isOld, id: 'password-too-old', code: 'password-too-old', doors: allDoors, isShut: true });
  if (age === 'change') {
    const code = 'password-change-due';
    findings.push({ ...isOld, id: code, code, doors: passwordDoors, isShut: false });
  }
  return findings;
};

type Days = Omit<ShadowChange, 'hash'>;

/** As if the password had been set today. */
const youngDays = (entry: ShadowEntry, today: Today): Days => {
  const { changedDay, cleared } = newDaysOf(entry, today);
  return { changedDay, ...Object.fromEntries(cleared.map((field) => [field, undefined])) };
};

const cureOf = (
  { credential: { passwd }, files }: AccountSubject,
  effect: Effect,
  change: (entry: ShadowEntry) => Days,
): Cure => {
  const amend = (content: Uint8Array) => {
    const entry = parseShadow(content).find(({ name }) => name === passwd.name);
    return entry ? withShadowChange(content, entry, { hash: entry.hash, ...change(entry) }) : content;
  };
  return { edits: [{ kind: 'amend', path: files.shadowPath, amend, effects: [effect] }], isOwnLock: true };
};
