import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeDataTree } from '../../support/haos-disk.ts';
import { sparekey } from '../../support/recovery.ts';
import { run } from '../../support/tools.ts';

const key = 'my secret-key 1';
let folder = '';
let keyFile = '';

/** A Home Assistant whose folder of backups some program fills. */
const createHome = (name: string, fill: (backups: string) => void): string => {
  const root = join(folder, name);
  mkdirSync(root);
  writeDataTree(root, [{ username: 'alice', displayName: 'Alice', password: 'x', isOwner: true }]);
  fill(join(root, 'supervisor/backup'));
  return root;
};

const write = (program: string, backups: string): string => run('python3', [`test/support/${program}`, key, backups]);

interface Answer {
  readonly status: number | null;
  readonly written: readonly string[];
  readonly failed: readonly { file: string; error: { code: string; details: { reason?: string } } }[];
  readonly remarks: readonly { kind: string; file: string; name?: string }[];
  readonly error?: { code: string };
}

const decrypt = (root: string, to: string, ...names: readonly string[]): Answer => {
  const args = ['backups', 'decrypt', ...names, '--disk', root, '--to', to, '--key-file', keyFile, '--json'];
  const { status, stdout } = sparekey(args);
  return { ...JSON.parse(stdout.toString()), status };
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-backup-formats-'));
  keyFile = join(folder, 'key');
  writeFileSync(keyFile, `${key}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what each release since 2022 wrote is decrypted, and tar, gzip and Python read it to its end', () => {
  const expected = join(folder, 'expected.json');
  const root = createHome('releases', (backups) => writeFileSync(expected, write('securetar-archives.py', backups)));
  const to = join(folder, 'releases-decrypted');
  const answer = decrypt(root, to);
  expect(answer).toMatchObject({ status: 0, failed: [], remarks: [] });
  expect(answer.written).toHaveLength(130);
  expect(JSON.parse(run('python3', ['test/support/judge-backups.py', to, expected]))).toEqual({});
});

test.each(readdirSync('test/fixtures/backups'))('%s, written by securetar itself, is read to its end', (file) => {
  const root = createHome(file, (backups) => cpSync(`test/fixtures/backups/${file}`, join(backups, file)));
  const to = join(folder, `${file}-decrypted`);
  expect(decrypt(root, to)).toMatchObject({ status: 0 });
  mkdirSync(join(to, 'x'));
  run('tar', ['-xf', join(to, file.replace('.tar', '.decrypted.tar')), '-C', join(to, 'x')]);
  const inner = readdirSync(join(to, 'x')).filter((name) => /\.tar(\.gz)?$/.test(name));
  expect(inner.length).toBeGreaterThan(0);
  for (const name of inner) {
    if (name.endsWith('.gz')) run('gzip', ['--test', join(to, 'x', name)]);
    expect(run('tar', ['-tf', join(to, 'x', name)])).not.toBe('');
  }
});

test('the emergency kit opens a backup as it was downloaded, and so does its key in small letters', () => {
  const kitKey = 'ABCD-1234-EF56-7890-WXYZ-4321-GH65';
  const root = createHome('kit', (backups) => {
    run('python3', ['test/support/home-assistant-backup.py', '3', kitKey, join(backups, 'a.tar')]);
  });
  const kits = {
    downloaded: `Home Assistant Backup Emergency Kit\n\nDate: today\nEncryption key:\n${kitKey}\n\nFor more\n`,
    small: kitKey.toLowerCase(),
  };
  for (const [name, kit] of Object.entries(kits)) {
    const path = join(folder, `${name}.txt`);
    writeFileSync(path, kit);
    const args = ['decrypt', '--disk', root, '--to', join(folder, `kit-${name}`), '--key-file', path, '--json'];
    expect(sparekey(['backups', ...args]).status).toBe(0);
  }
});

describe('backups that are not as they should be', () => {
  let to = '';
  let root = '';
  let answer: Answer;
  beforeAll(() => {
    root = createHome('strange', (backups) => write('strange-backups.py', backups));
    to = join(folder, 'strange-decrypted');
    const strange = readdirSync(join(root, 'supervisor/backup')).filter((name) => name !== 'vast.tar');
    answer = decrypt(root, to, ...strange);
  });

  const failedAs = (code: string): readonly string[] =>
    answer.failed.filter(({ error }) => error.code === code).map(({ file }) => basename(file, '.tar'));

  test('one that does not open ends nothing, and the exit code tells', () => {
    expect(answer.status).toBe(1);
    expect(failedAs('wrong-backup-key')).toEqual(['other-key-v1', 'other-key-v2', 'other-key-v3']);
    expect(failedAs('archive-damaged')).toEqual([
      'claims-10-and-cut',
      'claims-too-much',
      'cut-within-v1',
      'cut-within-v2',
      'cut-within-v3',
      'flipped-v1',
      'flipped-v3',
      'newer',
    ]);
    expect(answer.failed.length + answer.written.length).toBe(28);
    expect(readdirSync(to)).toHaveLength(answer.written.length);
  });

  test('nothing that is still encrypted is written as decrypted, whatever a backup says of itself', () => {
    for (const path of answer.written) {
      const names = run('tar', ['-tf', path]).trim().split('\n');
      for (const name of names.filter((each) => each.endsWith('.tar.gz')))
        run('sh', ['-c', 'tar -xOf "$1" "$2" --occurrence=1 | gzip --test', 'sh', path, name]);
      for (const name of names.filter((each) => each.endsWith('.tar')))
        run('sh', ['-c', 'tar -xOf "$1" "$2" | tar -t', 'sh', path, name]);
    }
    expect(answer.written.map((path) => basename(path, '.decrypted.tar'))).toEqual([
      ...['claims-10-v2-gz', 'claims-10-v2-plain', 'claims-10-v3-gz', 'claims-10-v3-plain'],
      ...['cut-behind-v1', 'cut-behind-v2', 'cut-behind-v3', 'half', 'long-name-gnu', 'long-name-pax'],
      ...['lying-v1', 'lying-v2', 'lying-v3', 'spoilt-json-v1', 'spoilt-json-v2', 'spoilt-json-v3', 'twice'],
    ]);
  });

  test('what has no backup.json is said to be unfinished', () => {
    expect(
      answer.remarks.filter(({ kind }) => kind === 'unfinished').map(({ file }) => basename(file, '.tar')),
    ).toEqual([
      'cut-behind-v1',
      'cut-behind-v2',
      'cut-behind-v3',
      'spoilt-json-v1',
      'spoilt-json-v2',
      'spoilt-json-v3',
    ]);
    const again = decrypt(root, join(folder, 'unfinished'), 'cut-behind-v2');
    expect(again).toMatchObject({ status: 1, failed: [], remarks: [{ kind: 'unfinished' }] });
  });

  test('an archive that claims ten bytes is whole all the same', () => {
    for (const name of ['claims-10-v2-gz', 'claims-10-v2-plain', 'claims-10-v3-gz', 'claims-10-v3-plain']) {
      const inner = name.endsWith('gz') ? './homeassistant.tar.gz' : './homeassistant.tar';
      const path = join(to, `${name}.decrypted.tar`);
      const list = 'tar -xOf "$1" "$2" | tar -tv$3';
      expect(run('sh', ['-c', list, 'sh', path, inner, name.endsWith('gz') ? 'z' : ''])).toContain('50000');
    }
  });

  test('two members of one name are both there, and it is said', () => {
    expect(answer.remarks).toContainEqual({ kind: 'repeated-name', file: 'twice.tar', name: './homeassistant.tar.gz' });
    const lengths = ['1', '2'].map((nth) => {
      const one = `tar -xOf "$1" --occurrence=${nth} ./homeassistant.tar.gz | tar -tz | wc -l`;
      return run('sh', ['-c', one, 'sh', join(to, 'twice.decrypted.tar')]).trim();
    });
    expect(lengths).toEqual(['1', '2']);
  });

  test.each(['gnu', 'pax'])('a long name in a %s record is kept', (format) => {
    const names = run('tar', ['-tf', join(to, `long-name-${format}.decrypted.tar`)]);
    expect(names.split('\n')[0]).toBe(`./${'a'.repeat(140)}.tar.gz`);
  });

  test('a member of 9 GiB hides nothing behind it, and the list is not long in coming', () => {
    const { stdout } = sparekey(['backups', '--disk', root, '--json']);
    const { backups } = JSON.parse(stdout.toString());
    const vast = backups.find(({ file }: { file: string }) => file === 'vast.tar');
    expect(vast).toMatchObject({ facts: { name: 'Vast' } });
    expect(vast.reason).toBeUndefined();
  });

  test('which key opens which is said of each', () => {
    const { stdout } = sparekey(['backups', '--disk', root, '--key-file', keyFile, '--json']);
    const { backups } = JSON.parse(stdout.toString());
    const openedBy = (name: string) => backups.find(({ file }: { file: string }) => file === `${name}.tar`).encryption;
    for (const version of [1, 2, 3]) {
      expect(openedBy(`lying-v${version}`)).toEqual({ version, opensWith: '--key-file' });
      expect(openedBy(`other-key-v${version}`)).toEqual({ version });
    }
  });

  test('one that was asked for alone and is refused leaves not even a folder', () => {
    const empty = join(folder, 'nothing');
    expect(decrypt(root, empty, 'cut-within-v2')).toMatchObject({ status: 1, error: { code: 'archive-damaged' } });
    expect(existsSync(empty)).toBe(false);
  });

  test('without any key, what is not encrypted is written and the rest is said', () => {
    const plain = createHome('keyless', (backups) => {
      cpSync(join(root, 'supervisor/backup/lying-v2.tar'), join(backups, 'a.tar'));
      run('tar', ['-C', 'test/fixtures', '-cf', join(backups, 'b.tar'), 'backups']);
    });
    const args = ['backups', 'decrypt', '--disk', plain, '--to', join(folder, 'keyless-out'), '--json'];
    const { status, stdout } = sparekey(args);
    const { written, failed } = JSON.parse(stdout.toString());
    expect(status).toBe(1);
    expect(failed).toMatchObject([{ file: 'a.tar', error: { code: 'backup-key-missing' } }]);
    expect(written).toEqual([join(folder, 'keyless-out/b.tar')]);
    expect(readFileSync(written[0])).toEqual(readFileSync(join(plain, 'supervisor/backup/b.tar')));
  });
});
