import type { Digest, NewFolder } from '../model/plan.ts';
import type { FileAttributes, TreePath } from '../model/tree.ts';
import { type JournalPurpose, parsePurpose } from '../operations/purpose.ts';

/**
 * `applying`: a run is under way, or was cut off. `done`: its changes were made. A run that failed and was put back at
 * once leaves no journal; whether a later run undid this one is derived (isUndone).
 */
export type JournalState = 'applying' | 'done';

/** What was done to one file, and what it takes to put it back. */
export type JournalEntry = ReplacedEntry | CreatedEntry | RemovedEntry | UnknownEntry;

export interface ReplacedEntry {
  readonly kind: 'replaced';
  readonly path: TreePath;
  readonly before: Digest;
  readonly after: Digest;
  /** Name of the kept original inside the journal's folder. */
  readonly saved: string;
  /** Name of the sibling that the new content goes through; left behind only when power is cut. */
  readonly temporary: string;
}

export interface CreatedEntry {
  readonly kind: 'created';
  readonly path: TreePath;
  readonly after: Digest;
  readonly attributes: FileAttributes;
  /** From the outside in: those that were made for it. */
  readonly folders: readonly NewFolder[];
  readonly temporary: string;
}

export interface RemovedEntry {
  readonly kind: 'removed';
  readonly path: TreePath;
  readonly before: Digest;
  readonly saved: string;
  readonly attributes: FileAttributes;
  /** From the outside in: those that were removed with it, if they were empty. */
  readonly folders: readonly NewFolder[];
  readonly temporary: string;
}

/** Of a kind that a newer Sparekey knows. */
export interface UnknownEntry {
  readonly kind: 'unknown';
}

export interface Manifest {
  readonly id: string;
  readonly state: JournalState;
  /** Milliseconds since 1970, by the rescuing machine's clock. */
  readonly createdAtMs: number;
  readonly purpose: JournalPurpose;
  readonly entries: readonly JournalEntry[];
}

const states: readonly JournalState[] = ['applying', 'done'];

/**
 * JSON with a version; non-UTF-8 bytes of paths stand as \udcXX escapes. Version 1 knows replaced files alone, and two
 * purposes: what it can say is written as 1, so that an older stick can undo it.
 */
export const formatManifest = (manifest: Manifest): Uint8Array => {
  const { id, state, createdAtMs, purpose, entries } = manifest;
  const isOld = entries.every(({ kind }) => kind === 'replaced') && ['reset-password', 'undo'].includes(purpose.task);
  const document = {
    version: isOld ? 1 : 2,
    id,
    state,
    createdAt: new Date(createdAtMs).toISOString(),
    purpose,
    entries: isOld ? entries.map(({ kind: _, ...entry }) => entry) : entries,
  };
  return new TextEncoder().encode(`${JSON.stringify(document, undefined, 2)}\n`);
};

/**
 * Undefined for anything that no Sparekey wrote. What a newer one wrote is taken as far as it is understood: a purpose
 * or an entry of a kind that is not known becomes `unknown`.
 */
export const parseManifest = (content: Uint8Array): Manifest | undefined => {
  const document = parseObject(content);
  const version = document?.['version'];
  if (document === undefined || typeof version !== 'number' || !(version >= 1)) return undefined;
  const { id, createdAt, purpose: written, entries: list } = document;
  const state = states.find((each) => each === document['state']);
  const createdAtMs = Date.parse(String(createdAt));
  const purpose = parsePurpose(written);
  const entries = Array.isArray(list) ? list.map((each) => parseEntry(each, version)) : [undefined];
  if (typeof id !== 'string' || state === undefined || Number.isNaN(createdAtMs) || purpose === undefined)
    return undefined;
  if (!entries.every((entry) => entry !== undefined)) return undefined;
  return { id, state, createdAtMs, purpose, entries };
};

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const parseObject = (content: Uint8Array): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(content));
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const isText = (value: unknown): value is string => typeof value === 'string';

/** Names are checked, since a stranger's manifest could point anywhere on its volume. */
const parseEntry = (value: unknown, version: number): JournalEntry | undefined => {
  if (!isFields(value)) return undefined;
  const kind = version === 1 ? 'replaced' : value['kind'];
  const { path, before, after, saved, temporary } = value;
  if (kind !== 'replaced' && kind !== 'created' && kind !== 'removed')
    return isText(kind) ? { kind: 'unknown' } : undefined;
  if (!isPath(path) || !isText(temporary) || !/^\.sparekey-[0-9a-f-]+$/.test(temporary)) return undefined;
  const isSaved = isText(saved) && /^\d+\.saved$/.test(saved);
  if (kind === 'replaced')
    return isSaved && isDigest(before) && isDigest(after) ? { kind, path, before, after, saved, temporary } : undefined;
  const attributes = parseAttributes(value['attributes']);
  const folders = parseFolders(value['folders']);
  if (attributes === undefined || folders === undefined) return undefined;
  if (kind === 'created') return isDigest(after) ? { kind, path, after, attributes, folders, temporary } : undefined;
  return isSaved && isDigest(before) ? { kind, path, before, saved, attributes, folders, temporary } : undefined;
};

const isPath = (value: unknown): value is TreePath =>
  isText(value) && value.startsWith('/') && !value.includes('\0') && !value.split('/').includes('..');

const isDigest = (value: unknown): value is Digest => isText(value) && /^[0-9a-f]{64}$/.test(value);

const isNumberUpTo = (value: unknown, limit: number): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= limit;

const parseAttributes = (value: unknown): FileAttributes | undefined => {
  if (!isFields(value)) return undefined;
  const { uid, gid, mode, label } = value;
  // No setuid bit comes out of a journal.
  if (!isNumberUpTo(uid, 0xffffffff) || !isNumberUpTo(gid, 0xffffffff) || !isNumberUpTo(mode, 0o777)) return undefined;
  if (label === undefined) return { uid, gid, mode };
  return isText(label) && /^[\w:.,-]{1,200}$/.test(label) ? { uid, gid, mode, label } : undefined;
};

const parseFolders = (value: unknown): readonly NewFolder[] | undefined => {
  if (!Array.isArray(value) || value.length > deepest) return undefined;
  const folders = value.map((each): NewFolder | undefined => {
    const attributes = isFields(each) ? parseAttributes(each['attributes']) : undefined;
    return isFields(each) && isPath(each['path']) && attributes ? { path: each['path'], attributes } : undefined;
  });
  return folders.every((folder) => folder !== undefined) ? folders : undefined;
};

const deepest = 16;
