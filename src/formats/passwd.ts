import { type ColonLine, entryName, formatColonFile, parseColonFile, withFields } from './colon-file.ts';

/** One account of /etc/passwd (passwd(5)). */
export interface PasswdEntry {
  /** Which line of the file, from 0. */
  readonly line: number;
  readonly name: string;
  /** `x`: the hash stands in shadow; empty: no password; else the hash itself, or a lock. */
  readonly password: string;
  readonly uid: number;
  readonly gid: number;
  /** The first part of the GECOS field: the full name. */
  readonly fullName: string;
  readonly home: string;
  readonly shell: string;
}

/** The entries in order. Lines that libc would not take for an account (comments, NIS lines, no uid) are passed over. */
export const parsePasswd = (bytes: Uint8Array): readonly PasswdEntry[] => parseColonFile(bytes).flatMap(toEntry);

/** The same file with another password field in one line. */
export const withPasswdPassword = (bytes: Uint8Array, entry: PasswdEntry, password: string): Uint8Array<ArrayBuffer> =>
  formatColonFile(withFields(parseColonFile(bytes), entry.line, new Map([[1, password]])));

/** The same file with another shell in one line. */
export const withPasswdShell = (bytes: Uint8Array, entry: PasswdEntry, shell: string): Uint8Array<ArrayBuffer> =>
  formatColonFile(withFields(parseColonFile(bytes), entry.line, new Map([[6, shell]])));

const toEntry = (colonLine: ColonLine, line: number): PasswdEntry[] => {
  const name = entryName(colonLine);
  const [, password = '', uid = '', gid = '', gecos = '', home = '', shell = ''] = colonLine.fields;
  if (name === undefined || !isId(uid) || !isId(gid)) return [];
  const [fullName = ''] = gecos.split(',');
  return [{ line, name, password, uid: Number(uid), gid: Number(gid), fullName, home, shell }];
};

const isId = (text: string): boolean => /^\d{1,10}$/.test(text) && Number(text) <= 0xffffffff;

/** Programs that stand in a shell field and let nobody in. */
const refusals = new Set(['nologin', 'false', 'true', 'sync', 'halt', 'shutdown', 'git-shell']);

/** Whether a passwd shell opens a session; an empty field means /bin/sh (passwd(5)). */
export const isLoginShell = (shell: string): boolean => !refusals.has(shell.slice(shell.lastIndexOf('/') + 1));
