/**
 * The dependency law of the house, as tables. Every file of src stands in a room (its first folder); main.ts is a room
 * of its own. What is not in the tables is forbidden: a new package or room is entered here first.
 */

const pure = ['formats', 'model'];
const engine = ['engine', 'systems', 'checks', 'operations', ...pure];
const faces = ['jobs', ...engine, 'text'];

/** Room → the other rooms that it may import. */
const roomsOf: Readonly<Record<string, readonly string[]>> = {
  model: [],
  formats: ['model'],
  text: ['operations', ...pure],
  ext: ['model'],
  systems: pure,
  checks: pure,
  operations: pure,
  engine: engine,
  host: ['ext', ...pure],
  jobs: faces,
  cli: faces,
  tui: faces,
  main: ['host', 'cli', 'tui', ...faces, 'package.json'],
};

/** Package → the rooms, or the single file, that it lives in. */
const homesOf: Readonly<Record<string, readonly string[]>> = {
  execa: ['host'],
  'node:child_process': ['host'],
  'node:events': ['host'],
  'node:fs': ['host'],
  'node:fs/promises': ['host'],
  'node:os': ['host'],
  'node:path': ['host'],
  'node:v8': ['host'],
  'node:worker_threads': ['host'],
  'node:crypto': ['formats', 'engine', 'host', 'main'],
  'node:zlib': ['formats'],
  bcryptjs: ['formats'],
  yaml: ['jobs'],
  zod: ['jobs'],
  'zod/v4/core': ['jobs'],
  'jsonc-parser': ['formats'],
  'libsodium-wrappers-sumo': ['formats'],
  'node:readline': ['host', 'cli'],
  'node:tty': ['host', 'cli'],
  'node:util': ['host', 'cli'],
  'string-width': ['cli', 'tui'],
  yargs: ['cli'],
  'blessed/lib/program.js': ['tui/kit/screen.ts'],
  'node:stream': ['tui/kit/screen.ts'],
  'node:string_decoder': ['tui/kit/screen.ts'],
};

export interface SourceFile {
  /** Inside src, with slashes: `formats/shadow.ts`. */
  readonly path: string;
  readonly text: string;
}

/** The text without what it says to people: block comments, and lines that are one. */
export const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

/** What the file imports, as written; `?` for a dynamic import that is not a plain string. */
export const importsOf = (text: string): readonly string[] => {
  const code = withoutComments(text);
  const fixed = code.matchAll(/^\s*(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*['"]([^'"]+)['"]/gm);
  const dynamic = code.matchAll(/\b(?:import|require)\s*\(\s*(?:['"]([^'"]+)['"]\s*\))?/g);
  return [...fixed, ...dynamic].map((match) => match[1] ?? '?');
};

const roomOf = (path: string): string => path.replace(/(\.ts|\/.*)$/, '');

/** `./guard.ts` as imported by `engine/apply.ts` is `engine/guard.ts`. */
const resolve = (importer: string, specifier: string): string =>
  new URL(specifier, `file:///${importer}`).pathname.slice(1);

const complaint = (file: SourceFile, specifier: string): string | undefined => {
  const room = roomOf(file.path);
  if (roomsOf[room] === undefined) return `${file.path}: no room called ${room}`;
  if (specifier === '?') return `${file.path}: an import whose target cannot be read`;
  if (specifier.startsWith('.')) {
    const target = resolve(file.path, specifier);
    const isAllowed = roomOf(target) === room || roomsOf[room].includes(roomOf(target));
    return isAllowed ? undefined : `${file.path}: ${room} may not import ${target}`;
  }
  const homes = homesOf[specifier];
  if (homes === undefined) return `${file.path}: ${specifier} has no home in the table`;
  const isHome = homes.includes(room) || homes.includes(file.path);
  return isHome ? undefined : `${file.path}: ${specifier} lives in ${homes.join(', ')}`;
};

/** One line for every import that the law forbids. */
export const violations = (files: readonly SourceFile[]): readonly string[] =>
  files.flatMap((file) => importsOf(file.text).flatMap((specifier) => complaint(file, specifier) ?? []));

/** Groups of files that import one another in a circle, types included; each sorted, none where there is no circle. */
export const circles = (files: readonly SourceFile[]): readonly (readonly string[])[] => {
  const imports = new Map(
    files.map(({ path, text }) => [
      path,
      importsOf(text).flatMap((specifier) => (specifier.startsWith('.') ? [resolve(path, specifier)] : [])),
    ]),
  );
  // Tarjan's strongly connected components (SIAM Journal on Computing 1, 1972).
  const numbers = new Map<string, number>();
  const stack: string[] = [];
  const found: (readonly string[])[] = [];
  const visit = (path: string): number => {
    const number = numbers.size;
    numbers.set(path, number);
    stack.push(path);
    let lowest = number;
    for (const next of imports.get(path) ?? []) {
      if (!numbers.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, numbers.get(next) ?? number);
    }
    if (lowest === number) {
      const circle = stack.splice(stack.indexOf(path));
      if (circle.length > 1 || imports.get(path)?.includes(path)) found.push(circle.toSorted());
    }
    return lowest;
  };
  for (const path of imports.keys()) if (!numbers.has(path)) visit(path);
  return found;
};
