import type { Digest, NewFolder } from '../model/plan.ts';
import type { FileAttributes, TreePath } from '../model/tree.ts';

/** What was done to one file, and what it takes to put it back. */
export type JournalEntry =
  | ReplacedEntry
  | CreatedEntry
  | RemovedEntry
  | MovedEntry
  | PatchedEntry
  | RelabelledEntry
  | UnknownEntry;

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

export interface MovedEntry {
  readonly kind: 'moved';
  /** Where it was. */
  readonly path: TreePath;
  readonly to: TreePath;
  /** Of its content, which stays the same. */
  readonly digest: Digest;
}

/** Some bytes in the middle of a file. */
export interface PatchedEntry {
  readonly kind: 'patched';
  readonly path: TreePath;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly before: Digest;
  readonly after: Digest;
  readonly saved: string;
}

export interface RelabelledEntry {
  readonly kind: 'relabelled';
  readonly path: TreePath;
  /** Undefined where it had none, as `after` where it lost one. */
  readonly before?: string;
  readonly after?: string;
  readonly temporary: string;
}

/** Of a kind that a newer Sparekey knows. */
export interface UnknownEntry {
  readonly kind: 'unknown';
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const isText = (value: unknown): value is string => typeof value === 'string';

/** Names are checked, since a stranger's manifest could point anywhere on its volume. */
export const parseEntry = (value: unknown, version: number): JournalEntry | undefined => {
  if (!isFields(value)) return undefined;
  const kind = version === 1 ? 'replaced' : value['kind'];
  if (!isText(kind)) return undefined;
  if (!isKnownKind(kind)) return { kind: 'unknown' };
  const { path, temporary, saved } = value;
  if (!isPath(path)) return undefined;
  if (needsTemporary.has(kind) && !(isText(temporary) && /^\.sparekey-[0-9a-f-]+$/.test(temporary))) return undefined;
  if (needsSaved.has(kind) && !(isText(saved) && /^\d+\.saved$/.test(saved))) return undefined;
  return parsers[kind](value, { path, temporary: String(temporary), saved: String(saved) });
};

/** What every kind has, checked. */
interface Named {
  readonly path: TreePath;
  readonly temporary: string;
  readonly saved: string;
}

type KnownKind = Exclude<JournalEntry['kind'], 'unknown'>;

const needsTemporary = new Set<KnownKind>(['replaced', 'created', 'removed', 'relabelled']);
const needsSaved = new Set<KnownKind>(['replaced', 'removed', 'patched']);

const parsers: { readonly [K in KnownKind]: (fields: Fields, named: Named) => JournalEntry | undefined } = {
  replaced: ({ before, after }, { path, saved, temporary }) =>
    isDigest(before) && isDigest(after) ? { kind: 'replaced', path, before, after, saved, temporary } : undefined,
  created: ({ after, ...fields }, { path, temporary }) => {
    const made = parseMaking(fields);
    return made && isDigest(after) ? { kind: 'created', path, after, ...made, temporary } : undefined;
  },
  removed: ({ before, ...fields }, { path, saved, temporary }) => {
    const made = parseMaking(fields);
    return made && isDigest(before) ? { kind: 'removed', path, before, saved, ...made, temporary } : undefined;
  },
  moved: ({ to, digest }, { path }) =>
    isPath(to) && isDigest(digest) ? { kind: 'moved', path, to, digest } : undefined,
  patched: ({ offsetBytes, sizeBytes, before, after }, { path, saved }) => {
    const isPlace = isNumberUpTo(offsetBytes, Number.MAX_SAFE_INTEGER) && isNumberUpTo(sizeBytes, longestPatchBytes);
    if (!isPlace || !isDigest(before) || !isDigest(after)) return undefined;
    return { kind: 'patched', path, offsetBytes, sizeBytes, before, after, saved };
  },
  relabelled: ({ before, after }, { path, temporary }) => {
    const isSound = [before, after].every((label) => label === undefined || isLabel(label)) && before !== after;
    const labels = { ...(isLabel(before) && { before }), ...(isLabel(after) && { after }) };
    return isSound ? { kind: 'relabelled', path, ...labels, temporary } : undefined;
  },
};

const isKnownKind = (kind: string): kind is KnownKind => Object.hasOwn(parsers, kind);

/** Nothing that is patched is larger than a record of a login. */
export const longestPatchBytes = 4096;

const parseMaking = (fields: Fields): Pick<CreatedEntry, 'attributes' | 'folders'> | undefined => {
  const attributes = parseAttributes(fields['attributes']);
  const folders = parseFolders(fields['folders']);
  return attributes && folders && { attributes, folders };
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
  return isLabel(label) ? { uid, gid, mode, label } : undefined;
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

const isLabel = (value: unknown): value is string => isText(value) && /^[\w:.,-]{1,200}$/.test(value);
