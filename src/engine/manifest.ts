import type { Digest, Purpose } from '../model/plan.ts';
import type { TreePath } from '../model/tree.ts';

/**
 * `applying`: a run is under way, or was cut off. `done`: its changes were made. A run that failed and was put back at
 * once leaves no journal; whether a later run undid this one is derived (isUndone).
 */
export type JournalState = 'applying' | 'done';

/** One replaced file. */
export interface JournalEntry {
  readonly path: TreePath;
  readonly before: Digest;
  readonly after: Digest;
  /** Name of the kept original inside the journal's folder. */
  readonly saved: string;
  /** Name of the sibling that the new content goes through; left behind only when power is cut. */
  readonly temporary: string;
}

export interface Manifest {
  readonly id: string;
  readonly state: JournalState;
  /** Milliseconds since 1970, by the rescuing machine's clock. */
  readonly createdAtMs: number;
  readonly purpose: Purpose;
  readonly entries: readonly JournalEntry[];
}

/** Manifests of other versions are shown as unreadable rather than guessed at. */
const version = 1;

const states: readonly JournalState[] = ['applying', 'done'];

/** JSON with a version; non-UTF-8 bytes of paths stand as \udcXX escapes. */
export const formatManifest = (manifest: Manifest): Uint8Array => {
  const { id, state, createdAtMs, purpose, entries } = manifest;
  const document = { version, id, state, createdAt: new Date(createdAtMs).toISOString(), purpose, entries };
  return new TextEncoder().encode(`${JSON.stringify(document, undefined, 2)}\n`);
};

/** Undefined for anything that formatManifest did not write. */
export const parseManifest = (content: Uint8Array): Manifest | undefined => {
  const document = parseObject(content);
  if (document?.['version'] !== version || typeof document['id'] !== 'string') return undefined;
  const state = states.find((each) => each === document['state']);
  const createdAtMs = Date.parse(String(document['createdAt']));
  const purpose = parsePurpose(document['purpose']);
  const entries = Array.isArray(document['entries']) ? document['entries'].map(parseEntry) : [undefined];
  if (state === undefined || Number.isNaN(createdAtMs) || purpose === undefined) return undefined;
  if (!entries.every((entry) => entry !== undefined)) return undefined;
  return { id: document['id'], state, createdAtMs, purpose, entries };
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

const parsePurpose = (value: unknown): Purpose | undefined => {
  if (!isFields(value)) return undefined;
  const { task, user, system, journal } = value;
  if (task === 'reset-password' && typeof user === 'string' && typeof system === 'string')
    return { task, user, system };
  if (task === 'undo' && typeof journal === 'string') return { task, journal };
  return undefined;
};

/** Names are checked, since a stranger's manifest could point anywhere on its volume. */
const parseEntry = (value: unknown): JournalEntry | undefined => {
  if (!isFields(value)) return undefined;
  const { path, before, after, saved, temporary } = value;
  const isDigest = (text: unknown): text is string => typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);
  if (typeof path !== 'string' || !path.startsWith('/') || !isDigest(before) || !isDigest(after)) return undefined;
  if (typeof saved !== 'string' || !/^\d+\.saved$/.test(saved)) return undefined;
  if (typeof temporary !== 'string' || !/^\.sparekey-[0-9a-f-]+$/.test(temporary)) return undefined;
  return { path, before, after, saved, temporary };
};
