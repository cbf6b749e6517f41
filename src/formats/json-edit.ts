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
  const text = attempt(path, () => decoder.decode(bytes));
  const value: unknown = attempt(path, () => JSON.parse(text));
  if (depthOf(text) > maxDepth) throw corrupt(path, `nested deeper than ${maxDepth}`);
  if (!hasOnlySoundValues(text)) throw corrupt(path, 'a number or an escape that Home Assistant refuses');
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

/** How deep brackets are nested. The text is known to be JSON, so that a quote always begins or ends a string. */
const depthOf = (text: string): number => {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth);
    else if (token === ']' || token === '}') depth--;
  }
  return deepest;
};

/** JSON.parse lets numbers beyond a double and half surrogate pairs pass; orjson does not. */
const hasOnlySoundValues = (text: string): boolean => {
  const pending: (Node | undefined)[] = [parseTree(text)];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.type === 'number' && !Number.isFinite(node.value)) return false;
    if (node.type === 'string' && !String(node.value).isWellFormed()) return false;
    for (const child of node.children ?? []) pending.push(child);
  }
  return true;
};

const attempt = <T>(path: TreePath, action: () => T): T => {
  try {
    return action();
  } catch (error) {
    throw corrupt(path, error instanceof Error ? error.message : String(error), error);
  }
};

const corrupt = (path: TreePath, reason: string, cause?: unknown): RescueError<'file-corrupt'> =>
  new RescueError('file-corrupt', { path, reason }, { cause });
