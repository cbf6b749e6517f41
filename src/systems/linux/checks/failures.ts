import { countFailures, parseFaillock, readFaillockSettings } from '../../../formats/faillock.ts';
import { parseTally, tallyRecordBytes } from '../../../formats/tallylog.ts';
import type { Finding } from '../../../model/finding.ts';
import { readIfPossible, readRangeIfPossible } from '../../look.ts';
import { join } from '../../paths.ts';
import { callsOf } from '../pam.ts';
import { passwordDoors } from './password.ts';
import { type AccountSubject, inTree } from './subject.ts';

/** Folders that are made anew at every start: what stands there on the disk counts for nothing. */
const forgotten = /^\/(var\/)?run\//;

/** Failed logins that pam_faillock(8) remembers, in a folder that outlives a restart. */
export const checkFaillock = async (subject: AccountSubject): Promise<readonly Finding[]> => {
  const { tree, home, pam, credential, today, nowMs } = subject;
  const { name: user, uid } = credential.passwd;
  const [call] = callsOf(pam, 'pam_faillock.so');
  if (!call || user.includes('/')) return [];
  const ownFile = call.args.find((arg) => arg.startsWith('conf='))?.slice('conf='.length);
  const settingsPath = ownFile === undefined ? join(home, 'etc/security/faillock.conf') : inTree(subject, ownFile);
  const file = settingsPath === undefined ? undefined : await readIfPossible(tree, settingsPath);
  const settings = readFaillockSettings(file, call.args);
  if (settings.deny === 0 || forgotten.test(`${settings.folder}/`) || (uid === 0 && !settings.evenDenyRoot)) return [];
  const path = inTree(subject, `${settings.folder}/${user}`);
  const bytes = path && (await readIfPossible(tree, path));
  if (!path || !bytes) return [];
  const { failures, latestSeconds } = countFailures(parseFaillock(bytes), settings);
  if (failures < settings.deny) return [];
  const unlockTime = uid === 0 ? (settings.rootUnlockTime ?? settings.unlockTime) : settings.unlockTime;
  const until = unlockTime === 0 ? undefined : (latestSeconds + unlockTime) * 1000;
  if (until !== undefined && today.isClockRight && until < nowMs) return [];
  const details = { user, failures, ...(until !== undefined && { until }) };
  const effects = [{ kind: 'forget-failures', user }] as const;
  // As faillock --reset leaves it.
  const cure = { edits: [{ kind: 'amend', path, amend: () => new Uint8Array(), effects } as const], isOwnLock: true };
  const certainty = until === undefined || today.isClockRight ? 'certain' : 'likely';
  return [{ id: 'faillock', code: 'faillock', details, doors: passwordDoors, isShut: true, certainty, path, cure }];
};

/** Where pam_tally2(8) counts unless told otherwise. */
const tallyFile = '/var/log/tallylog';

/** Failed logins that pam_tally2 counts: a record for every user id, in a file that may have many gigabytes of holes. */
export const checkTally = async (subject: AccountSubject): Promise<readonly Finding[]> => {
  const { tree, pam, credential, today, nowMs } = subject;
  const { name: user, uid } = credential.passwd;
  const call = callsOf(pam, 'pam_tally2.so').find(({ args }) => numberOf(args, 'deny') > 0);
  if (!call || (uid === 0 && !call.args.includes('even_deny_root'))) return [];
  const file = call.args.find((arg) => arg.startsWith('file='))?.slice('file='.length) ?? tallyFile;
  const path = inTree(subject, file);
  const offsetBytes = uid * tallyRecordBytes;
  const record = path === undefined ? undefined : await readRangeIfPossible(tree, path, offsetBytes, tallyRecordBytes);
  if (path === undefined || record?.length !== tallyRecordBytes) return [];
  const { failures, timeSeconds } = parseTally(record);
  if (failures < numberOf(call.args, 'deny')) return [];
  const unlockTime = numberOf(call.args, 'unlock_time');
  if (unlockTime > 0 && today.isClockRight && (timeSeconds + unlockTime) * 1000 <= nowMs) return [];
  const effects = [{ kind: 'forget-failures', user }] as const;
  const edit = { kind: 'patch', path, offsetBytes, content: new Uint8Array(tallyRecordBytes), effects } as const;
  const base = { doors: passwordDoors, isShut: true, certainty: 'certain', path } as const;
  const cure = { edits: [edit], isOwnLock: true };
  return [{ ...base, id: 'login-tally', code: 'login-tally', details: { user, failures }, cure }];
};

const numberOf = (args: readonly string[], name: string): number => {
  const value = args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  return /^\d{1,9}$/.test(value) ? Number(value) : 0;
};
