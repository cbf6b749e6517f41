import * as fs from 'node:fs';
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { idlePermissions, mannerOf, writingViolations } from '../support/writing-law.ts';

const sources = globSync('src/**/*.ts').map((path) => ({
  path: path.slice('src/'.length),
  text: readFileSync(path, 'utf8'),
}));

test('nothing is written by a path outside the rooms that go down by open folders', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(writingViolations(sources)).toEqual([]);
});

test('no permission to write is left that nobody needs', () => {
  expect(idlePermissions(sources)).toEqual([]);
});

test('everything that node:fs offers is judged', () => {
  const offered = [fs, fs.promises].flatMap((module) =>
    Object.entries(module).flatMap(([name, value]) => (typeof value === 'function' ? [name] : [])),
  );
  expect(offered.length).toBeGreaterThan(100);
  expect(offered.filter((name) => !mannerOf.has(name) && name !== 'default')).toEqual([]);
});

test.each([
  ['host/recovery/clone.ts', "import { writeFile } from 'node:fs/promises';"],
  ['host/recovery/clone.ts', "import { open, writeFile as put } from 'node:fs/promises';"],
  ['host/recovery/clone.ts', "import {\n  open,\n  rename,\n} from 'node:fs/promises';"],
  ['host/recovery/copy/copier.ts', "import { mkdirSync } from 'node:fs';"],
  ['host/recovery/copy/copier.ts', "import { chmodSync } from 'node:fs';"],
  ['host/recovery/copy/copier.ts', "import { createWriteStream } from 'node:fs';"],
  ['host/recovery/copy/copier.ts', "import { copyFileSync } from 'node:fs';"],
  ['host/recovery/copy/copier.ts', "export { symlinkSync } from 'node:fs';"],
  ['host/recovery/copy/copier.ts', "import fs from 'node:fs';"],
  ['host/recovery/copy/copier.ts', "import * as fs from 'node:fs/promises';"],
  ['host/recovery/copy/copier.ts', "import { promises } from 'node:fs';"],
  ['host/recovery/copy/copier.ts', "const fs = await import('node:fs/promises');"],
  ['host/recovery/copy/copier.ts', "const fs = process.getBuiltinModule('fs');"],
  ['host/recovery/copy/copier.ts', "import { somethingNew } from 'node:fs';"],
  ['host/machine/report.ts', "import { unlink } from 'node:fs/promises';"],
  ['host/medium/job-folder.ts', "import { open } from 'node:fs/promises';\nawait open(path, 'w');"],
  ['host/medium/job-folder.ts', "import { open } from 'node:fs/promises';\nawait open(path, 'r+');"],
  ['host/medium/job-folder.ts', "import { openSync } from 'node:fs';\nopenSync(path, 2);"],
  ['host/medium/job-folder.ts', 'await open(path, constants.O_WRONLY);'],
  ['host/medium/job-folder.ts', 'const { O_RDWR } = constants;'],
  ['host/recovery/copy/pool.ts', "spawn('cp', args);"],
  ['host/recovery/copy/pool.ts', "await run('tee', [path]);"],
  ['host/tree/tree.ts', "spawn('sh', ['-c', script]);"],
  ['host/mounts/keeper.ts', "['sh', '-c', `echo ready > $1`]"],
  ['host/mounts/keeper.ts', "['sh', '-c', `echo ready >>\"$1\"`]"],
])('a planted way to write in %s is caught: %j', (path, text) => {
  expect(writingViolations([{ path, text }])).toHaveLength(1);
});

test('what the law allows passes', () => {
  const lawful = [
    { path: 'host/foreign/files.ts', text: "import { rename } from 'node:fs/promises';" },
    {
      path: 'host/recovery/clone.ts',
      text: "import { open, type FileHandle } from 'node:fs/promises';\nopen(path, 'r');",
    },
    { path: 'host/recovery/copy/copy-large.ts', text: "import { ftruncateSync, writeSync } from 'node:fs';" },
    { path: 'host/mounts/keeper.ts', text: "['sh', '-c', `mount x && exec cat`];" },
    { path: 'formats/passwd.ts', text: "// await open(path, 'w')\nconst shells = ['sh', 'touch'];" },
  ];
  expect(writingViolations(lawful)).toEqual([]);
});
