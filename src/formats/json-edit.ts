/**
 * One value changed inside a JSON text, every other byte kept. What Home Assistant's reader (orjson) would refuse is
 * refused here too: it would rename such a file away and start empty.
 */
import { type Node, parseTree } from 'jsonc-parser';
import { RescueError } from '../model/errors.ts';
import type { TreePath } from '../model/tree.ts';

/** A strictly parsed JSON file. */
export interface JsonFile {
  readonly path: TreePath;
  readonly text: string;
  readonly value: unknown;
}

export type JsonLocation = readonly (string | number)[];

/** orjson's limit. It also keeps recursion over a stranger's file shallow. */
const maxDepth = 1024;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** @throws RescueError file-corrupt */
export const parseJson = (bytes: Uint8Array, path: TreePath): JsonFile => {
  const text = attempt(path, 'UTF-8', () => decoder.decode(bytes));
  const value: unknown = attempt(path, 'JSON', () => JSON.parse(text));
  const reason = unsoundness(text);
  if (reason !== undefined) throw corrupt(path, reason);
  return { path, text, value };
};

/**
 * The same file with another string at one place. Of keys that occur twice the last one counts, as in Python.
 * @throws RescueError file-corrupt where there is no such place
 */
export const withJsonString = (file: JsonFile, location: JsonLocation, value: string): Uint8Array<ArrayBuffer> => {
  const node = location.reduce<Node | undefined>(childOf, parseTree(file.text));
  if (!node) throw corrupt(file.path, `no ${location.join('.')}`);
  const text = file.text.slice(0, node.offset) + JSON.stringify(value) + file.text.slice(node.offset + node.length);
  const bytes = encoder.encode(text);
  const written = location.reduce(memberOf, parseJson(bytes, file.path).value);
  if (written !== value) throw corrupt(file.path, `${location.join('.')} cannot be replaced`);
  return bytes;
};

/** A member of a parsed value; undefined where there is none. Only own members count: a file may say `__proto__`. */
export const memberOf = (value: unknown, key: string | number): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string | number, unknown>)[key]
    : undefined;

const childOf = (node: Node | undefined, key: string | number): Node | undefined => {
  if (typeof key === 'number') return node?.type === 'array' ? node.children?.[key] : undefined;
  return node?.type === 'object'
    ? node.children?.findLast((property) => property.children?.[0]?.value === key)?.children?.[1]
    : undefined;
};

/**
 * What JSON.parse lets pass and orjson does not: numbers beyond a double, half surrogate pairs, deep nesting. The text
 * is known to be JSON, so that a quote always begins or ends a string. Token by token, because one expression for a
 * whole string of megabytes overflows the stack.
 */
const unsoundness = (text: string): string | undefined => {
  const tokens = /\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F])|\\.|["[\]{}]|-?\d[\d.eE+-]*/g;
  let depth = 0;
  let isInString = false;
  for (const [token, halfPair] of text.matchAll(tokens)) {
    if (halfPair) return 'half a surrogate pair';
    if (token === '"') isInString = !isInString;
    else if (isInString) continue;
    else if (token === ']' || token === '}') depth--;
    else if (token !== '[' && token !== '{') {
      if (!Number.isFinite(Number(token))) return 'a number too large';
    } else if (++depth > maxDepth) return `nested deeper than ${maxDepth}`;
  }
  return undefined;
};

/** The parsers' own words are left out: they quote the file, and these files hold hashes. */
const attempt = <T>(path: TreePath, expected: string, action: () => T): T => {
  try {
    return action();
  } catch (error) {
    const place = /\(line \d+ column \d+\)/.exec(String(error))?.[0];
    throw corrupt(path, ['not', expected, place].filter((word) => word !== undefined).join(' '));
  }
};

const corrupt = (path: TreePath, reason: string): RescueError<'file-corrupt'> =>
  new RescueError('file-corrupt', { path, reason });
