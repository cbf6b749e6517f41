import { decodeBytes } from './bytes.ts';

/** What login.defs(5) says about accounts and hashes. */
export interface LoginDefs {
  /** First and last user id of people, as against services. */
  readonly uidMin: number;
  readonly uidMax: number;
  /** Upper case: SHA512, YESCRYPT, … */
  readonly encryptMethod: string | undefined;
}

/** shadow's own defaults, where the file or the setting is missing. Old Red Hats set UID_MIN 500 in the file. */
const defaultUidMin = 1000;
const defaultUidMax = 60_000;

export const parseLoginDefs = (bytes: Uint8Array | undefined): LoginDefs => {
  const settings = new Map<string, string>();
  for (const line of decodeBytes(bytes ?? new Uint8Array()).split('\n')) {
    const [, name, value] = /^\s*([A-Z0-9_]+)\s+"?([^\s"]+)/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) settings.set(name, value);
  }
  return {
    uidMin: toNumber(settings.get('UID_MIN')) ?? defaultUidMin,
    uidMax: toNumber(settings.get('UID_MAX')) ?? defaultUidMax,
    encryptMethod: settings.get('ENCRYPT_METHOD')?.toUpperCase(),
  };
};

/** Decimal, 0x… or 0…: getdef_num takes what strtol with base 0 takes. */
const toNumber = (text: string | undefined): number | undefined => {
  if (text === undefined || !/^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text)) return undefined;
  return /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text);
};
