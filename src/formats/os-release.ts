import { decodeBytes } from './bytes.ts';

/** Which Linux it is, as it says itself. */
export interface Release {
  /** os-release ID, lower case; `linux` where nothing says. */
  readonly id: string;
  /** os-release ID_LIKE: what it derives from, nearest first. */
  readonly idLike: readonly string[];
  readonly name: string;
  readonly version: string | undefined;
}

/** The assignments of an os-release(5) file: shell quoting without expansion; the last of two wins, as in a shell. */
export const parseOsRelease = (bytes: Uint8Array): ReadonlyMap<string, string> => {
  const assignments = new Map<string, string>();
  for (const line of decodeBytes(bytes).split('\n')) {
    const [, name, value] = /^\ufeff?(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line.trim()) ?? [];
    if (name !== undefined && value !== undefined) assignments.set(name, unquote(value));
  }
  return assignments;
};

/** Inside double quotes a backslash is dropped only before what a shell treats specially there. */
const unquote = (value: string): string => {
  const quote = value[0];
  if (quote === "'" && value.length > 1 && value.endsWith("'")) return value.slice(1, -1);
  if (quote === '"' && value.length > 1 && value.endsWith('"')) return value.slice(1, -1).replace(/\\(["$`\\])/g, '$1');
  return value.replace(/\\(.)/g, '$1');
};
