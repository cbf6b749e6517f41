import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { complaintsOf, readWithDebugfs, sha256 } from '../../support/disk-image.ts';
import { createLinuxDisk } from '../../support/linux-disk.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { sparekey, sparekeyJson } from '../../support/sparekey.ts';
import { run } from '../../support/tools.ts';

/*
 * What the binary of the version before (0.1.0, before operations had a registry) left behind: its runs on a disk that
 * createLinuxDisk makes, the reports of its job, its `scan --json`, and a folder that it copied files into.
 */

const fixtures = 'test/fixtures/earlier';
const fixture = (name: string): string => readFileSync(join(fixtures, name), 'utf8');
const at = scratchFolder('earlier');

const ids = readdirSync(join(fixtures, 'journal')).toSorted();
const [bobsReset = '', carolsReset = '', undoOfCarols = ''] = ids;
const manifestOf = (id: string) => JSON.parse(fixture(`journal/${id}/manifest.json`));

/** The id of the volume that it copied files from. */
const volumeId = '6b1f7a52-6a8e-4a7c-9a1f-0d5a2b1c3e4f';

/** The disk as that version left it: bob and carol had got new passwords, and carol's was taken back. */
const createLeftDisk = (name: string): string =>
  createLinuxDisk(at(name), {
    options: ['-U', volumeId],
    populate: (root) => {
      writeFileSync(join(root, 'etc/shadow'), readFileSync(join(fixtures, 'shadow')));
      cpSync(join(fixtures, 'journal'), join(root, '.sparekey'), { recursive: true });
      run('sh', ['-c', 'chmod 700 "$1" "$1"/* && chmod 600 "$1"/*/*', 'sh', join(root, '.sparekey')]);
      writeFileSync(join(root, 'home/bob/letter.txt'), 'Dear Ann\n');
    },
  });

const digestOf = (image: string): string => {
  run('debugfs', ['-R', `dump /etc/shadow ${at('shadow')}`, image]);
  return sha256(at('shadow'));
};

describe('runs of the version before', () => {
  test('are shown for what they were', () => {
    expect(ids.map((id) => manifestOf(id).purpose.task)).toEqual(['reset-password', 'reset-password', 'undo']);
    const { document } = sparekeyJson(['scan', '--disk', createLeftDisk('card.img')]);
    const messages = document.warnings.map(({ message }: { message: string }) => message).join('\n');
    expect(messages).toContain(`“New password for “bob” on debian@card.img” can be undone`);
    expect(messages).not.toContain('“New password for “carol” on debian@card.img” can be undone');
  });

  test('are undone, byte for byte', () => {
    const image = createLeftDisk('card.img');
    expect(digestOf(image)).toBe(manifestOf(bobsReset).entries[0].after);
    expect(sparekey(['undo', '--disk', image, '--yes']).exitCode).toBe(0);
    expect(digestOf(image)).toBe(manifestOf(bobsReset).entries[0].before);
    expect(complaintsOf(image)).toBe('');
  });

  test('that are undoings are undone, too', () => {
    const image = createLeftDisk('card.img');
    expect(manifestOf(undoOfCarols).purpose).toEqual({ task: 'undo', journal: carolsReset });
    expect(sparekey(['undo', undoOfCarols, '--disk', image, '--yes']).exitCode).toBe(0);
    expect(digestOf(image)).toBe(manifestOf(carolsReset).entries[0].after);
  });

  test('are followed by runs that the version before can undo: they are written as it would have', () => {
    const image = createLeftDisk('card.img');
    const { document } = sparekeyJson(
      ['reset-password', '--disk', image, '--user', 'bob', '--password-file', '-', '--yes'],
      'Kanarienvogel7\n',
    );
    const manifest = JSON.parse(readWithDebugfs(image, `${document.journal.folder}/manifest.json`));
    expect(shapeOf(manifest)).toEqual(shapeOf(manifestOf(bobsReset)));
    expect(manifest.version).toBe(1);
  });
});

/** Every key of a document with the type of what is behind it; the entries of a list count as one. */
const shapeOf = (value: unknown, path = ''): readonly string[] => {
  if (Array.isArray(value)) return [...new Set(value.flatMap((each) => shapeOf(each, `${path}[]`)))].toSorted();
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`];
  return [...new Set(Object.entries(value).flatMap(([key, child]) => shapeOf(child, `${path}.${key}`)))].toSorted();
};

/** The lines of a report without what differs from run to run: names of places, ids, times and amounts. */
const bare = (report: string): readonly string[] =>
  report
    .split(/\r?\n/)
    .filter((line) => !/NEW PASSWORD|looking at the disks|To check the copy|UUID=|\.img: \d/.test(line))
    .map((line) => line.replace(/undo \S+/, 'undo ID').replace(/to \S*recovered\S+/, 'to X'))
    .map((line) => line.replace(/\b(report|card)\.img\b/g, 'X').replace(/\d[\d.:-]*/g, '0'));

describe('documents that programs read', () => {
  test('scan --json has every key that it had', () => {
    const { document } = sparekeyJson(['scan', '--disk', createLeftDisk('card.img')]);
    const before = shapeOf(JSON.parse(fixture('scan.json')));
    expect(before.length).toBeGreaterThan(30);
    expect(shapeOf(document)).toEqual(expect.arrayContaining([...before]));
  });

  test('the reports of a job have every key and every line that they had', () => {
    const image = createLinuxDisk(at('report.img'), {
      populate: (root) => writeFileSync(join(root, 'home/bob/letter.txt'), 'Dear Ann\n'),
    });
    const job = fixture('sparekey.yaml').replace(/^ +- undo:.*\n/m, '');
    mkdirSync(at('job'));
    writeFileSync(at('job/sparekey.yaml'), job);
    expect(sparekey(['run', at('job/sparekey.yaml'), '--disk', image]).exitCode).toBe(0);
    const before = shapeOf(JSON.parse(fixture('sparekey-report.json')));
    const now = JSON.parse(readFileSync(at('job/sparekey-report.json'), 'utf8'));
    expect(before.length).toBeGreaterThan(30);
    expect(shapeOf(now)).toEqual(expect.arrayContaining([...before]));
    expect(bare(readFileSync(at('job/sparekey-report.txt'), 'utf8'))).toEqual(
      expect.arrayContaining([...bare(fixture('sparekey-report.txt'))]),
    );
  });
});

test('a folder that the version before copied into is gone on with', () => {
  const image = createLeftDisk('card.img');
  const folder = at('recovered');
  cpSync(join(fixtures, 'recovered'), folder, { recursive: true, preserveTimestamps: true });
  renameSync(join(folder, 'sparekey-recovery'), join(folder, '.sparekey-recovery'));
  const { outcome, document } = sparekeyJson(['recover', '/home/bob', '--to', folder, '--disk', image]);
  expect(outcome.exitCode).toBe(0);
  expect(document).toMatchObject({ status: 'done', summary: { files: 1 } });
  expect(readFileSync(join(folder, 'home/bob/letter.txt'), 'utf8')).toBe('Dear Ann\n');
  // Into the folder of another volume it does not go.
  const other = createLinuxDisk(at('other.img'));
  const refused = sparekeyJson(['recover', '/home/bob', '--to', folder, '--disk', other]);
  expect(refused.document.error.code).toBe('target-other-run');
});
