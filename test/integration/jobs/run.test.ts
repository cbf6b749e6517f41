import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { complaintsOf, loopsOver, readWithDebugfs, sha256, unplug } from '../../support/disk-image.ts';
import { createHaosDisk, opensHaosUser } from '../../support/haos-disk.ts';
import { crypt, opensHash } from '../../support/libcrypt.ts';
import { createLinuxDisk } from '../../support/linux-disk.ts';
import { sparekey } from '../../support/sparekey.ts';
import { run, statusOf, withFolder } from '../../support/tools.ts';

const canary = 'Kanarienvogel im Schacht 7';

const jobOf = (steps: readonly string[], more = '') =>
  `version: 1\nname: try\n${more}steps:\n${steps.map((step) => `  - ${step}\n`).join('')}`;

const hashOf = (image: string, user: string): string =>
  readWithDebugfs(image, '/etc/shadow').match(new RegExp(`^${user}:([^:]*):`, 'm'))?.[1] ?? '';

/** Runs a job on disk images, and looks at everything that it left beside the job file. */
const runJob = (folder: string, job: string | Uint8Array, images: readonly string[], args: readonly string[] = []) => {
  const path = join(folder, 'sparekey.yaml');
  writeFileSync(path, job);
  const outcome = sparekey(['run', path, ...images.flatMap((image) => ['--disk', image]), ...args]);
  const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name)) : undefined);
  return {
    ...outcome,
    text: read('sparekey-report.txt')?.toString() ?? '',
    report: JSON.parse(read('sparekey-report.json')?.toString() ?? 'null'),
    job: read('sparekey.yaml')?.toString(),
    done: read('sparekey.done.yaml')?.toString(),
  };
};

describe('sparekey run', () => {
  test('sets two passwords in one file and strikes them out of the job', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const job = jobOf(
        [
          `reset-password: { user: bob, password: "${canary}" }`,
          'reset-password: { user: carol, generate: true, unlock: true }',
        ],
        'language: fr\n',
      );
      const { exitCode, text, report, job: left, done } = runJob(folder, job.replaceAll('\n', '\r\n'), [image]);
      expect(exitCode).toBe(0);
      expect(opensHash(canary, hashOf(image, 'bob'))).toBe(true);
      expect(report).toMatchObject({ version: 1, status: 'done', steps: [{ status: 'done', line: 5 }, { line: 6 }] });
      expect(opensHash(report.steps[1].generatedPassword, hashOf(image, 'carol'))).toBe(true);
      expect(text).toContain(report.steps[1].generatedPassword);
      expect(text.startsWith('\ufeffRapport de Sparekey')).toBe(true);
      expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
      expect(left).toBeUndefined();
      expect(done).toBe(
        job.replace('version: 1', 'version: 0').replace(canary, '*'.repeat(canary.length)).replaceAll('\n', '\r\n'),
      );
      expect(readdirSync(folder).sort()).toEqual([
        'card.img',
        'sparekey-report.json',
        'sparekey-report.txt',
        'sparekey.done.yaml',
      ]);
      expect(statusOf('grep', ['-rqaF', canary, folder])).toBe(1);
      expect(complaintsOf(image)).toBe('');
      expect(loopsOver(image)).toBe('');

      // The report's own advice takes both back.
      for (const { undo } of report.steps.toReversed())
        expect(sparekey(['undo', undo, '--disk', image, '--yes']).exitCode).toBe(0);
      expect(opensHash('forgotten', hashOf(image, 'bob'))).toBe(true);
    }));

  test('sets hashes that were made elsewhere, and those of sparekey hash', () =>
    withFolder((folder) => {
      const haos = createHaosDisk(join(folder, 'haos.img'));
      const linux = createLinuxDisk(join(folder, 'card.img'));
      const made = sparekey(['hash', '--for', 'home-assistant', '--password-file', '-'], `${canary}\n`).stdout.trim();
      expect(opensHash(canary, made)).toBe(true);
      const foreign = crypt(canary, '$6$madeelsewhere$');
      const job = jobOf([
        `reset-password: { on: LABEL=hassos-data, user: bob, password-hash: "${made}" }`,
        `reset-password: { on: LABEL=root, user: bob, password-hash: ${foreign} }`,
      ]);
      const { exitCode, report, done } = runJob(folder, job, [haos.path, linux]);
      expect(report.steps.map(({ status }: { status: string }) => status)).toEqual(['done', 'done']);
      expect(exitCode).toBe(0);
      expect(opensHaosUser(haos, 'Bob', canary)).toBe(true);
      expect(hashOf(linux, 'bob')).toBe(foreign);
      expect(done).not.toContain('$6$');
    }));

  test('copies folders out beside the job, and what it says of them is true', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const job = jobOf([
        `reset-password: { user: bob, password: "${canary}" }`,
        'recover: { on: LABEL=root, paths: [/etc], to: stick }',
      ]);
      const { exitCode, report, text } = runJob(folder, job, [image]);
      expect(report.steps.map(({ status }: { status: string }) => status)).toEqual(['done', 'done']);
      expect(exitCode).toBe(0);
      const copy = join(folder, 'recovered-root');
      expect(readFileSync(join(copy, 'etc/shadow'), 'utf8')).toBe(readWithDebugfs(image, '/etc/shadow'));
      const { manifest, files } = report.steps[1].recovered;
      expect(statusOf('sh', ['-c', 'cd "$1" && sha256sum --check --quiet "$2"', 'sh', copy, manifest])).toBe(0);
      expect(files).toBe(4);
      expect(text).toContain('recovered-root');
    }));

  test('a file whose last change stands in the journal of an unplugged disk: it is planned anew', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'), { sizeMebibytes: 64 });
      const rename = 'sed s/:19000:/:19001:/ etc/shadow >etc/new && sync etc/new && mv etc/new etc/shadow && sync etc';
      unplug(image, rename);
      expect(readWithDebugfs(image, '/etc/shadow')).toContain(':19000:');
      const { exitCode, report } = runJob(folder, jobOf(['reset-password: { user: bob, password: new }']), [image]);
      expect(report).toMatchObject({ status: 'done', steps: [{ status: 'done' }] });
      expect(exitCode).toBe(0);
      expect(opensHash('new', hashOf(image, 'bob'))).toBe(true);
      expect(readWithDebugfs(image, '/etc/shadow')).toContain(':19001:');
      expect(complaintsOf(image)).toBe('');
    }));

  test('nothing to copy: nothing is changed by the other steps either', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const before = sha256(image);
      const job = jobOf([
        `reset-password: { user: bob, password: "${canary}" }`,
        'recover: { on: LABEL=root, paths: [/nowhere], to: stick }',
      ]);
      const { report } = runJob(folder, job, [image]);
      expect(report).toMatchObject({ status: 'refused', steps: [{ status: 'not-reached' }, { status: 'refused' }] });
      expect(sha256(image)).toBe(before);
    }));

  test('undoes an earlier run', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      runJob(folder, jobOf([`reset-password: { user: bob, password: "${canary}" }`]), [image]);
      expect(opensHash(canary, hashOf(image, 'bob'))).toBe(true);
      expect(runJob(folder, jobOf(['undo: {}']), [image]).exitCode).toBe(0);
      expect(opensHash('forgotten', hashOf(image, 'bob'))).toBe(true);
    }));

  test.each<[string, string, number, RegExp]>([
    [
      'an unknown key',
      jobOf(['reset-password: { usr: bob, password: "x" }']),
      2,
      /line 4, column 23: `usr` is not known/,
    ],
    ['a wrong type', jobOf(['reset-password: { user: bob, password: 1 }']), 2, /line 4, .*`password`.*text, in quotes/],
    ['no match', jobOf(['reset-password: { on: LABEL=x, user: bob, generate: true }']), 4, /LABEL=x.*debian@card\.img/],
    ['no such account', jobOf(['reset-password: { user: bib, generate: true }']), 4, /“bib”.*bob/],
    ['a lock', jobOf(['reset-password: { user: carol, generate: true }']), 3, /line 4.*\s+.*unlock: true/],
    [
      'a hash of a foreign kind',
      jobOf([`reset-password: { user: bob, password-hash: ${`$2b$12$${'a'.repeat(53)}`} }`]),
      3,
      /sha512crypt/,
    ],
    ['nothing to undo', jobOf(['undo: {}']), 4, /nothing to undo/],
    [
      'a bad step behind a good one',
      jobOf([`reset-password: { user: bob, password: "${canary}" }`, 'undo: { id: nope }']),
      4,
      /1\. \(line 4\).*not reached.*\n.*2\. \(line 5\).*REFUSED/s,
    ],
  ])('%s: nothing is changed, and the report says what would be accepted', (_, job, code, words) =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const before = sha256(image);
      const { exitCode, text, report, job: left, stdout, stderr } = runJob(folder, job, [image]);
      expect(text).toMatch(words);
      expect(exitCode).toBe(code);
      expect(report.status).toBe('refused');
      expect(sha256(image)).toBe(before);
      expect(left).toBe(job);
      expect(text + stdout + stderr).not.toContain(canary);
    }),
  );

  test('two disks that both match: nothing is changed, and both are named', () =>
    withFolder((folder) => {
      const images = ['one.img', 'two.img'].map((name) => createLinuxDisk(join(folder, name)));
      const before = images.map(sha256);
      const job = jobOf([`reset-password: { on: LABEL=root, user: bob, password: "${canary}" }`]);
      const { exitCode, text } = runJob(folder, job, images);
      expect(exitCode).toBe(3);
      expect(text).toMatch(/debian@one\.img, debian@two\.img.*`on:`/);
      expect(images.map(sha256)).toEqual(before);
    }));

  test('a step that fails ends the run, and what was done before can be undone', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const other = createLinuxDisk(join(folder, 'full.img'), { label: 'full' });
      const fill = 'd=$(mktemp -d); mount -o loop "$1" $d; dd if=/dev/zero of=$d/fill bs=1k; umount $d; rmdir $d';
      statusOf('unshare', ['--mount', 'sh', '-c', fill, 'sh', other]);
      const job = jobOf([
        `reset-password: { on: LABEL=root, user: bob, password: "${canary}" }`,
        `reset-password: { on: LABEL=full, user: bob, password: "${canary}" }`,
        `reset-password: { on: LABEL=root, user: root, password: "${canary}", unlock: true }`,
      ]);
      const { exitCode, report, text, done } = runJob(folder, job, [image, other]);
      expect(report.steps.map(({ status }: { status: string }) => status)).toEqual(['done', 'failed', 'not-reached']);
      expect(exitCode).toBe(1);
      expect(text).toContain(`sparekey undo ${report.steps[0].undo}`);
      expect(opensHash(canary, hashOf(image, 'bob'))).toBe(true);
      expect(opensHash('forgotten', hashOf(other, 'bob'))).toBe(true);
      expect(done).not.toContain(canary);
    }));

  test('--dry-run shows every plan and touches nothing', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const before = sha256(image);
      const job = jobOf([`reset-password: { user: bob, password: "${canary}" }`]);
      const { exitCode, stdout, job: left } = runJob(folder, job, [image], ['--dry-run']);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('“bob”');
      expect(left).toBe(job);
      expect(readdirSync(folder).sort()).toEqual(['card.img', 'sparekey.yaml']);
      expect(sha256(image)).toBe(before);
    }));

  test('a job file that is not there', () => {
    const { exitCode, stderr } = sparekey(['run', '/nonexistent/sparekey.yaml']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('/nonexistent/sparekey.yaml');
  });

  test('waits for a disk that appears late', async () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'later.img'));
      const [late, said, path] = [join(folder, 'card.img'), join(folder, 'said'), join(folder, 'sparekey.yaml')];
      writeFileSync(late, Buffer.alloc(4096));
      writeFileSync(path, jobOf([`reset-password: { user: bob, password: "${canary}" }`], 'wait: 600\n'));
      // It appears when it is waited for, however long the first look has taken.
      const script = `until grep -q 'Waiting up to' "$2"; do kill -0 $$ || exit; sleep 0.1; done; mv "$0" "$1"`;
      const main = join(import.meta.dirname, '../../../src/main.ts');
      const whole = `(${script}) 2>/dev/null & exec "$3" "$4" run "$5" --disk "$1" >"$2" 2>&1`;
      const exitCode = statusOf('sh', ['-c', whole, image, late, said, process.execPath, main, path]);
      const report = JSON.parse(readFileSync(join(folder, 'sparekey-report.json'), 'utf8'));
      expect(exitCode).toBe(0);
      expect(report.durations.map(({ phase }: { phase: string }) => phase)).toContain('waiting');
      expect(opensHash(canary, hashOf(late, 'bob'))).toBe(true);
    }));
});

describe('the folder of the job', () => {
  test('a full one: nothing is changed', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const before = sha256(image);
      const stick = join(folder, 'stick');
      // 64 KiB, half of them taken by the job and what it lies in.
      const script = `mkdir "$1"; mount -t tmpfs -o size=64k stick "$1"; cp "$2" "$1/sparekey.yaml"; shift 2; "$@"; code=$?
        ls -A "$0"; exit $code`;
      const job = join(folder, 'job.yaml');
      writeFileSync(job, jobOf([`reset-password: { user: bob, password: "${canary}" }`]));
      const main = join(import.meta.dirname, '../../../src/main.ts');
      const args = ['--mount', 'sh', '-c', script, stick, stick, job];
      const command = [process.execPath, main, 'run', join(stick, 'sparekey.yaml'), '--disk', image];
      expect(statusOf('unshare', [...args, ...command])).toBe(3);
      expect(sha256(image)).toBe(before);
    }));

  test('a read-only one: nothing is changed, and the report goes to the terminal', () =>
    withFolder((folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const before = sha256(image);
      const job = join(folder, 'sparekey.yaml');
      writeFileSync(job, jobOf([`reset-password: { user: bob, password: "${canary}" }`]));
      const main = join(import.meta.dirname, '../../../src/main.ts');
      const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
      const out = run(
        'sh',
        ['-c', 'unshare --mount "$@" 2>&1; echo "exit $?"', 'sh', 'sh', '-c', script, folder].concat(
          process.execPath,
          main,
          'run',
          job,
          '--disk',
          image,
        ),
      );
      expect(out).toContain('lock switch');
      expect(out).toContain('exit 3');
      expect(sha256(image)).toBe(before);
    }));

  test(
    'killed at every write beside the job: the job is whole or done, and the next run ends it',
    { timeout: 600_000 },
    () =>
      withFolder((folder) => {
        const pristine = createLinuxDisk(join(folder, 'pristine.img'));
        const image = join(folder, 'card.img');
        const path = join(folder, 'sparekey.yaml');
        const job = jobOf([
          `reset-password: { user: bob, password: "${canary}" }`,
          `reset-password: { user: root, password: '${canary}', unlock: true }`,
        ]);
        const script = join(import.meta.dirname, '../../support/stopped-job.ts');
        const stoppedAt = (step: string) => statusOf(process.execPath, [script, path, image, step]);
        let step = 0;
        for (let isKilled = true; isKilled; step++) {
          run('cp', [pristine, image]);
          run('sh', ['-c', `rm -f ${folder}/sparekey*`]);
          writeFileSync(path, job);
          try {
            isKilled = stoppedAt(`${step}`) !== 0;
          } catch {
            isKilled = true;
          }
          const left = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
          const isWhole = left === job;
          const isMarked = left === undefined || left.startsWith('version: 0');
          expect(isWhole || isMarked).toBe(true);
          expect(left?.length ?? job.length).toBe(job.length);
          if (isMarked) expect(existsSync(join(folder, 'sparekey-report.txt'))).toBe(true);
          expect(complaintsOf(image)).toBe('');
          if (left === undefined) continue;
          // What the next start does: run a whole job, finish striking out one that was run.
          const { exitCode } = sparekey(['run', path, '--disk', image]);
          expect(exitCode).toBe(isWhole ? 0 : 2);
          expect(existsSync(path)).toBe(false);
          expect(readFileSync(join(folder, 'sparekey.done.yaml'), 'utf8')).not.toContain(canary);
          expect(opensHash(canary, hashOf(image, 'bob'))).toBe(true);
        }
        expect(step).toBeGreaterThan(8);
      }),
  );
});
