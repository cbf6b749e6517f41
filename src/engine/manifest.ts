import { type JournalPurpose, parsePurpose } from '../operations/purpose.ts';
import { type JournalEntry, parseEntry } from './manifest-entry.ts';

/**
 * `applying`: a run is under way, or was cut off. `done`: its changes were made. A run that failed and was put back at
 * once leaves no journal; whether a later run undid this one is derived (isUndone).
 */
export type JournalState = 'applying' | 'done';

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
