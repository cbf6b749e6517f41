import { decodeBytes } from './bytes.ts';

/** A failed login, as pam_faillock keeps it: struct tally of Linux-PAM's faillock.h, 64 bytes, in the machine's byte order. */
export interface FailedLogin {
  /** The record counts: it was not taken back by a login that succeeded. */
  readonly isValid: boolean;
  /** Seconds since 1970. */
  readonly timeSeconds: number;
}

const recordBytes = 64;
const statusAt = 54;
const timeAt = 56;
const validBit = 0x1;

/** The records of one account's file. All machines that we rescue are little-endian. */
export const parseFaillock = (bytes: Uint8Array): readonly FailedLogin[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / recordBytes) }, (_, index) => ({
    isValid: (view.getUint16(index * recordBytes + statusAt, true) & validBit) !== 0,
    timeSeconds: Number(view.getBigUint64(index * recordBytes + timeAt, true)),
  }));
};

/** Settings of pam_faillock, from faillock.conf(5) and from the module's arguments. */
export interface FaillockSettings {
  readonly folder: string;
  /** So many failures shut the account; 0: none do. */
  readonly deny: number;
  /** They have to lie within so many seconds. */
  readonly failInterval: number;
  /** The account opens by itself after so many seconds; 0: never. */
  readonly unlockTime: number;
  /** The same for root; as for everybody where it is not set. */
  readonly rootUnlockTime?: number;
  readonly evenDenyRoot: boolean;
}

/** What pam_faillock does without any setting (faillock.conf(5)). */
const defaults: FaillockSettings = {
  ...{ folder: '/var/run/faillock', deny: 3, failInterval: 900, unlockTime: 600 },
  evenDenyRoot: false,
};

/** @param args the module's own, which win over the file */
export const readFaillockSettings = (file: Uint8Array | undefined, args: readonly string[]): FaillockSettings => {
  const inFile = decodeBytes(file ?? new Uint8Array())
    .split('\n')
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '')
    .map((line) => line.replace(/\s*=\s*/, '='));
  return [...inFile, ...args].reduce(withSetting, defaults);
};

const withSetting = (settings: FaillockSettings, text: string): FaillockSettings => {
  const [name = '', value = ''] = text.split('=', 2);
  const seconds = value === 'never' ? 0 : /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  if (name === 'dir' && value.startsWith('/')) return { ...settings, folder: value };
  if (name === 'even_deny_root') return { ...settings, evenDenyRoot: true };
  if (seconds === undefined) return settings;
  if (name === 'deny') return { ...settings, deny: seconds };
  if (name === 'fail_interval') return { ...settings, failInterval: seconds };
  if (name === 'unlock_time') return { ...settings, unlockTime: seconds };
  return name === 'root_unlock_time' ? { ...settings, rootUnlockTime: seconds, evenDenyRoot: true } : settings;
};

/** How many failures count, and when the last of them was. */
export const countFailures = (
  records: readonly FailedLogin[],
  { failInterval }: FaillockSettings,
): { readonly failures: number; readonly latestSeconds: number } => {
  const valid = records.filter(({ isValid }) => isValid);
  const latestSeconds = valid.reduce((latest, { timeSeconds }) => Math.max(latest, timeSeconds), 0);
  const failures = valid.filter(({ timeSeconds }) => latestSeconds - timeSeconds < failInterval).length;
  return { failures, latestSeconds };
};
