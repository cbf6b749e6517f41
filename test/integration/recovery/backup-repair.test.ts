import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeDataTree } from '../../support/haos-disk.ts';
import { sparekey } from '../../support/recovery.ts';
import { run } from '../../support/tools.ts';

const key = 'my secret-key 1';
let folder = '';
let root = '';
let expected: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
let answer: {
  status: number | null;
  repaired: readonly { file: string; path: string; whole: string[]; incomplete: string[]; hasNewFacts: boolean }[];
  sound: readonly string[];
  failed: readonly { file: string; error: { code: string } }[];
};

const sparekeyJson = (...args: readonly string[]) => {
  const { status, stdout } = sparekey(['backups', ...args, '--json']);
  return { ...JSON.parse(stdout.toString()), status };
};

const createHome = (name: string): string => {
  const home = join(folder, name);
  mkdirSync(home);
  writeDataTree(home, [{ username: 'alice', displayName: 'Alice', password: 'x', isOwner: true }]);
  writeFileSync(join(home, 'supervisor/homeassistant/.HA_VERSION'), '2026.11.2');
  return home;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-backup-repair-'));
  root = createHome('home');
  const backups = join(root, 'supervisor/backup');
  expected = JSON.parse(run('python3', ['test/support/damaged-backups.py', key, backups]));
  run('python3', ['test/support/home-assistant-backup.py', '2', key, join(backups, 'sound.tar')]);
  writeFileSync(join(backups, 'noise.tar'), Buffer.alloc(20_000, 7));
  answer = sparekeyJson('repair', '--disk', root, '--to', join(folder, 'out'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Name and SHA-256 of each member, as Python's tarfile reads it to its end. */
const membersOf = (path: string): Readonly<Record<string, string>> => {
  const script = `import sys, tarfile, hashlib, json
tar = tarfile.open(sys.argv[1])
print(json.dumps({each.name: hashlib.sha256(tar.extractfile(each).read()).hexdigest() for each in tar}))`;
  return JSON.parse(run('python3', ['-c', script, path]));
};

test('every archive that is whole comes out of a damaged backup as it went in', () => {
  expect(answer.repaired.map(({ file }) => file)).toEqual(Object.keys(expected).toSorted());
  for (const { file, path } of answer.repaired) {
    expect(run('sh', ['-c', 'tar -tf "$1" 2>&1', 'sh', path])).toContain('./backup.json');
    expect(membersOf(path), file).toMatchObject(expected[file] ?? {});
  }
});

test('what is not whole is called so, and the exit code tells', () => {
  expect(answer.status).toBe(1);
  for (const { file, path, incomplete } of answer.repaired) {
    expect(incomplete.length, file).toBe(file.startsWith('cut-') ? 1 : 0);
    for (const name of incomplete) expect(Object.keys(membersOf(path))).toContain(`${name}.incomplete`);
    for (const name of incomplete) expect(Object.keys(membersOf(path))).not.toContain(name);
  }
});

test('one that is sound is left alone, and one in which nothing is found is said to be lost', () => {
  expect(answer.sound).toEqual(['sound.tar']);
  expect(answer.failed).toMatchObject([{ file: 'noise.tar', error: { code: 'nothing-to-repair' } }]);
  expect(readdirSync(join(folder, 'out'))).toHaveLength(answer.repaired.length);
});

test('a backup.json that is missing is made of what is there', () => {
  const repaired = answer.repaired.find(({ file }) => file === 'unfinished-v2.tar');
  expect(repaired).toMatchObject({ hasNewFacts: true });
  const facts = JSON.parse(run('tar', ['-xOf', repaired?.path ?? '', './backup.json']));
  expect(facts).toMatchObject({
    version: 2,
    type: 'partial',
    protected: true,
    crypto: 'aes128',
    compressed: true,
    homeassistant: { version: '2026.11.2' },
    folders: ['share'],
    addons: [{ slug: 'core_ssh' }, { slug: 'a0d7b954_grafana' }],
  });
  expect(facts.slug).toMatch(/^[0-9a-f]{8}$/);
});

test('a repaired backup can be decrypted, less what is not whole', () => {
  const second = createHome('second');
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, key);
  const kinds = ['zero-v1', 'too-large-v2', 'cut-v1', 'cut-v2', 'cut-v3'];
  for (const kind of kinds)
    cpSync(join(folder, `out/${kind}.repaired.tar`), join(second, `supervisor/backup/${kind}.tar`));
  const to = join(folder, 'decrypted');
  const { status, written, failed, remarks } = sparekeyJson(
    'decrypt',
    '--disk',
    second,
    '--to',
    to,
    '--key-file',
    keyFile,
  );
  expect(failed).toEqual([]);
  expect(status).toBe(1);
  expect(remarks.map(({ kind, file, name }: Record<string, string>) => [kind, file, name])).toEqual(
    ['cut-v1', 'cut-v2', 'cut-v3'].map((kind) => ['left-out', `${kind}.tar`, './share.tar.gz.incomplete']),
  );
  expect(written).toHaveLength(kinds.length);
  for (const path of written)
    for (const name of Object.keys(membersOf(path)).filter((each) => each !== './backup.json'))
      run('sh', ['-c', 'tar -xOf "$1" "$2" | tar -tz', 'sh', path, name]);
});

test('what is repaired can be decrypted at once', () => {
  const keyFile = join(folder, 'key-too');
  writeFileSync(keyFile, key);
  const to = join(folder, 'both');
  const kinds = ['too-small-v1', 'zero-v2', 'unfinished-v3', 'cut-v2', 'zero-plaingz'];
  const more = ['--disk', root, '--to', to, '--key-file', keyFile, '--decrypt'];
  const { status, repaired } = sparekeyJson('repair', ...kinds, ...more);
  expect(status).toBe(1);
  expect(readdirSync(to).toSorted()).toEqual([
    'cut-v2.repaired.decrypted.tar',
    'too-small-v1.repaired.decrypted.tar',
    'unfinished-v3.repaired.decrypted.tar',
    'zero-plaingz.repaired.tar',
    'zero-v2.repaired.decrypted.tar',
  ]);
  for (const { file, path, leftOut } of repaired) {
    expect(leftOut).toEqual(file === 'cut-v2.tar' ? ['./share.tar.gz'] : []);
    const names = Object.keys(membersOf(path)).filter((each) => each !== './backup.json');
    expect(names).toHaveLength(file === 'cut-v2.tar' ? 2 : 4);
    for (const name of names) run('sh', ['-c', 'tar -xOf "$1" "$2" | tar -tz', 'sh', path, name]);
    expect(JSON.parse(run('tar', ['-xOf', path, './backup.json'])).protected).toBe(false);
  }
});

test('the disk is only read', () => {
  const noise = readFileSync(join(root, 'supervisor/backup/noise.tar'));
  expect(noise.every((byte) => byte === 7)).toBe(true);
  expect(readdirSync(join(root, 'supervisor/backup'))).toHaveLength(Object.keys(expected).length + 2);
});
