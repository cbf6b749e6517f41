import { existsSync, globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { circles, importsOf, violations } from '../support/law.ts';

const read = (path: string): string => readFileSync(path, 'utf8');

const sources = globSync('src/**/*.ts').map((path) => ({ path: path.slice('src/'.length), text: read(path) }));
const everything = globSync('{src,test,scripts}/**/*.ts').map((path) => ({ path, text: read(path) }));

test('there is a house to judge', () => {
  expect(sources.length).toBeGreaterThan(10);
  expect(sources.flatMap(({ text }) => importsOf(text)).length).toBeGreaterThan(10);
});

test('every import keeps the dependency law', () => {
  expect(violations(sources)).toEqual([]);
});

test('no file imports, on whatever way, what imports it', () => {
  expect(circles(sources)).toEqual([]);
});

test('a planted circle is caught: of types, of three files, and of one', () => {
  const files = [
    { path: 'engine/scan.ts', text: "import { sleepers } from './sleepers.ts';" },
    { path: 'engine/sleepers.ts', text: "import type { Scan } from './scan.ts';" },
    { path: 'text/a.ts', text: "import { b } from './b.ts';\nimport { scan } from '../engine/scan.ts';" },
    { path: 'text/b.ts', text: "export { c } from './en/c.ts';" },
    { path: 'text/en/c.ts', text: "const a = await import('../a.ts');" },
    { path: 'model/own.ts', text: "import { own } from './own.ts';" },
    { path: 'model/lawful.ts', text: "import { other } from './other.ts';" },
  ];
  expect(circles(files)).toEqual([
    ['engine/scan.ts', 'engine/sleepers.ts'],
    ['text/a.ts', 'text/b.ts', 'text/en/c.ts'],
    ['model/own.ts'],
  ]);
});

test.each([
  ['model/plan.ts', "import { a } from '../formats/shadow.ts';"],
  ['model/plan.ts', "import { createHash } from 'node:crypto';"],
  ['operations/undo.ts', "import type { A } from '../systems/index.ts';"],
  ['operations/undo.ts', "import {\n  a,\n  b,\n} from '../checks/index.ts';"],
  ['engine/apply.ts', "export { write } from '../host/files.ts';"],
  ['engine/apply.ts', "import '../text/index.ts';"],
  ['engine/apply.ts', "const fs = await import('node:fs/promises');"],
  ['engine/apply.ts', "const fs = require('node:fs');"],
  ['cli/run.ts', "import { survey } from '../host/survey.ts';"],
  ['cli/run.ts', "import Program from 'blessed/lib/program.js';"],
  ['tui/views.ts', "import Program from 'blessed/lib/program.js';"],
  ['host/files.ts', "import yargs from 'yargs';"],
  ['host/files.ts', 'const it = await import(name);'],
  ['text/en.ts', "import left from 'left-pad';"],
  ['attic/old.ts', "import { a } from './b.ts';"],
  ['main.ts', "import { execa } from 'execa';"],
])('a planted violation in %s is caught: %j', (path, text) => {
  expect(violations([{ path, text }])).toHaveLength(1);
});

test('what the law allows passes', () => {
  const lawful = [
    { path: 'main.ts', text: "import { host } from './host/index.ts';\nconst cli = await import('./cli/main.ts');" },
    { path: 'tui/kit/screen.ts', text: "import Program from 'blessed/lib/program.js';" },
    { path: 'model/plan.ts', text: "// import { a } from '../host/files.ts';\nimport type { B } from './tree.ts';" },
    { path: 'host/files.ts', text: "import { open } from 'node:fs/promises';" },
    { path: 'systems/linux/shadow.ts', text: "import { a } from '../../formats/shadow.ts';" },
  ];
  expect(violations(lawful)).toEqual([]);
});

test('no default exports and no enums', () => {
  const found = everything.filter(({ text }) => /^export default\b|^(export )?(declare )?(const )?enum\b/m.test(text));
  expect(found.map(({ path }) => path)).toEqual([]);
});

test('no file of the product exceeds 250 lines', () => {
  const long = sources.filter(({ text }) => text.trimEnd().split('\n').length > 250);
  expect(long.map(({ path }) => path)).toEqual([]);
});

test('the lock file names packages and hashes, not hosts', () => {
  const lock = read('package-lock.json');
  expect(lock).toContain('"integrity"');
  expect(lock).not.toContain('"resolved"');
});

test('the lock file is whole: every package that another asks for is in it, for every platform', () => {
  const packages = Object.entries<Record<string, Record<string, string>>>(
    JSON.parse(read('package-lock.json')).packages,
  );
  const locked = new Set(packages.map(([path]) => path.replace(/^.*node_modules\//, '')));
  const asked = packages.flatMap(([, entry]) =>
    Object.keys({ ...entry['dependencies'], ...entry['optionalDependencies'] }),
  );
  expect(asked.length).toBeGreaterThan(100);
  expect(asked.filter((name) => !locked.has(name))).toEqual([]);
});

test('the lock file belongs to package.json', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json'));
  expect(JSON.parse(read('package-lock.json')).packages['']).toMatchObject({ dependencies, devDependencies });
});

test('every dependency is pinned to one version', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json'));
  const versions = Object.values<string>({ ...dependencies, ...devDependencies });
  expect(versions.length).toBeGreaterThan(0);
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test('make help knows every target', () => {
  const makefile = read('Makefile');
  const targets = [...makefile.matchAll(/^([a-z][a-z-]*):(?!=)/gm)].map(([, target]) => target);
  const explained = [...makefile.matchAll(/^([a-z][a-z-]*):.*## \S/gm)].map(([, target]) => target);
  expect(explained.length).toBeGreaterThan(5);
  expect(targets.filter((target) => !explained.includes(target) && target !== 'run-tests')).toEqual([]);
});

test('what a face prints as JSON is harmless on a terminal: by formats/json-text', () => {
  const faces = sources.filter(({ path }) => /^(cli|jobs|tui|main)\b/.test(path));
  expect(faces.filter(({ text }) => text.includes('JSON.stringify')).map(({ path }) => path)).toEqual([]);
});

test('what SECURITY.md promises is held by tests that are there', () => {
  const named = [...read('SECURITY.md').matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path ?? '');
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
  const rows = read('SECURITY.md').match(/^\| [A-Z].*/gm) ?? [];
  expect(rows.filter((row) => !row.includes('`test/'))).toEqual([]);
});
