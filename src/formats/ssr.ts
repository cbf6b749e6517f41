import type { TreePath } from '../model/tree.ts';
import { memberOf, parseJson } from './json-edit.ts';

/**
 * What a Session Smart Router (128T) keeps of itself: /etc/128technology/global.init and local.init name the nodes, and
 * user-running.json the users that it writes into Linux at every start.
 */
export interface SsrIdentity {
  /** A conductor has no nodes under `control`. */
  readonly role: 'router' | 'conductor';
  /** What the router or the conductor is called. */
  readonly name: string | undefined;
  /** This node. */
  readonly node: string | undefined;
  /** All of them: two of a pair. */
  readonly nodes: readonly string[];
}

/** @throws RescueError file-corrupt */
export const parseSsrIdentity = (
  global: { readonly bytes: Uint8Array; readonly path: TreePath },
  local: { readonly bytes: Uint8Array; readonly path: TreePath } | undefined,
): SsrIdentity => {
  const init = memberOf(parseJson(global.bytes, global.path).value, 'init');
  const [control, conductor] = [namesIn(memberOf(init, 'control')), namesIn(memberOf(init, 'conductor'))];
  const ownInit = local && memberOf(parseJson(local.bytes, local.path).value, 'init');
  return {
    role: control.length > 0 || conductor.length === 0 ? 'router' : 'conductor',
    name: textOf(memberOf(init, 'routerName')),
    node: textOf(memberOf(ownInit, 'id')),
    nodes: control.length > 0 ? control : conductor,
  };
};

/** The names of the users that the router itself keeps. @throws RescueError file-corrupt */
export const parseSsrUsers = (bytes: Uint8Array, path: TreePath): readonly string[] => {
  let value = parseJson(bytes, path).value;
  for (const key of ['datastore', 'config', 'authority', 'router', 0, 'user'] as const) value = memberOf(value, key);
  if (!Array.isArray(value)) return [];
  return value.flatMap((user) => textOf(memberOf(user, 'name')) ?? []);
};

/** Names are shown: a stranger's may be megabytes long. */
const longestName = 64;
const mostNodes = 16;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, longestName) : undefined;

const namesIn = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.keys(value)
        .slice(0, mostNodes)
        .map((name) => name.slice(0, longestName))
        .sort()
    : [];
