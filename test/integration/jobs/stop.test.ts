import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { complaintsOf, createExtImage, loopsOver, readWithDebugfs } from '../../support/disk-image.ts';
import { crypt, opensHash } from '../../support/libcrypt.ts';
import { run, withFolderAsync } from '../../support/tools.ts';

const users = ['ann', 'bob', 'cleo', 'dan', 'eve'];
const forgotten = crypt('forgotten', '$6$saltsalt$');

/** A disk with five people, and a job that has a step for each. */
const prepare = (folder: string, lastStep = '') => {
  const image = createExtImage(join(folder, 'card.img'), {
    files: {
      'etc/os-release': 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\n',
      'etc/passwd': users.map((user, index) => `${user}:x:${1000 + index}:1000::/home/${user}:/bin/sh\n`).join(''),
      'etc/shadow': users.map((user) => `${user}:${forgotten}:19000:0:99999:7:::\n`).join(''),
    },
    populate: (root) => {
      mkdirSync(join(root, 'large'));
      for (let index = 0; index < 2000; index++) writeFileSync(join(root, 'large', `${index}`), `${index}`);
    },
    options: ['-N', '4000'],
  });
  const steps = users.map((user) => `  - reset-password: { user: ${user}, generate: true }\n`).join('');
  writeFileSync(join(folder, 'sparekey.yaml'), `version: 1\nsteps:\n${steps}${lastStep}`);
  return image;
};

/** Runs the job, does something as soon as it says the awaited words, and waits for its end. */
const watched = async (
  folder: string,
  image: string,
  more: readonly string[],
  awaited: string,
  onAwaited: (child: ChildProcess) => void,
) => {
  const args = ['src/main.ts', 'run', join(folder, 'sparekey.yaml'), '--disk', image, ...more];
  const child: ChildProcess = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] ?? '', LANG: 'C' } });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    if (!stderr.includes(awaited) && `${stderr}${chunk}`.includes(awaited)) onAwaited(child);
    stderr += chunk;
  });
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  return { exitCode, stdout, stderr };
};

/** The same with a signal. */
const interrupted = async (folder: string, image: string, awaited: string) => {
  const outcome = await watched(folder, image, [], awaited, (child) => void child.kill('SIGTERM'));
  const path = join(folder, 'sparekey-report.json');
  return { ...outcome, report: existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined };
};

test.each(['Opening', 'Written'])(
  'a signal in step 1 of a job of five (%s): that step is finished, and no other begun',
  (awaited) =>
    withFolderAsync(async (folder) => {
      const image = prepare(folder);
      const { exitCode, stderr, stdout, report } = await interrupted(folder, image, awaited);
      expect(exitCode).toBe(1);
      expect(report).toMatchObject({ status: 'failed', error: { code: 'job-stopped' } });
      expect(report.steps.map(({ status }: { status: string }) => status)).toEqual([
        'done',
        ...Array.from({ length: 4 }, () => 'not-reached'),
      ]);
      expect(stderr).toContain('Stopped by a signal after 1 of 5 steps');
      expect(stdout.match(/not reached, nothing was changed for it/g)).toHaveLength(4);
      // The password that was made up for the one step is told.
      const shadow = readWithDebugfs(image, '/etc/shadow');
      const hashes = users.map((user) => shadow.match(new RegExp(`^${user}:([^:]*)`, 'm'))?.[1] ?? '');
      expect(hashes.slice(1)).toEqual(Array.from({ length: 4 }, () => forgotten));
      expect(opensHash(report.steps[0].generatedPassword, hashes[0] ?? '')).toBe(true);
      expect(readFileSync(join(folder, 'sparekey-report.txt'), 'utf8')).toContain(report.steps[0].generatedPassword);
      expect(existsSync(join(folder, 'sparekey.done.yaml'))).toBe(true);
      expect(complaintsOf(image)).toBe('');
      expect(loopsOver(image)).toBe('');
    }),
);

test('a signal in the last step, which copies: the copy is stopped in order, and the report says so', () =>
  withFolderAsync(async (folder) => {
    const image = prepare(folder, '  - recover: { paths: [/large], to: stick }\n');
    const { exitCode, report } = await interrupted(folder, image, 'Step 6 of 6');
    expect(exitCode).toBe(1);
    expect(report.steps.map(({ status }: { status: string }) => status)).toEqual([
      ...users.map(() => 'done'),
      'failed',
    ]);
    expect(report.steps[5].error.code).toBe('stopped');
    expect(loopsOver(image)).toBe('');
  }));

test('a copy within a job that a signal stops leaves its receipt: what is there is whole, and the report says how much', () =>
  withFolderAsync(async (folder) => {
    const image = prepare(folder);
    writeFileSync(
      join(folder, 'sparekey.yaml'),
      'version: 1\nlanguage: fr\nsteps:\n  - recover: { paths: [/large], to: stick }\n',
    );
    const { exitCode, report } = await interrupted(folder, image, 'Étape 1 sur 1');
    expect(exitCode).toBe(1);
    const [step] = report.steps;
    expect(step).toMatchObject({ status: 'failed', error: { code: 'stopped' } });
    const copy = join(folder, 'recovered-card.img');
    const receipt = JSON.parse(readFileSync(join(copy, 'sparekey-receipt.json'), 'utf8'));
    expect(receipt).toMatchObject({ status: 'incomplete', to: copy, summary: { error: { code: 'stopped' } } });
    expect(readFileSync(join(copy, 'sparekey-receipt.txt'), 'utf8')).toContain('Arrêté');
    expect(step.recovered).toMatchObject({ to: copy, files: receipt.summary.files });
    expect(receipt.summary.files).toBeLessThan(2000);
    if (receipt.summary.files > 0)
      run('sh', ['-c', `cd '${copy}' && sha256sum --check --quiet ${receipt.summary.manifest}`]);
    // The same job goes on with it, and its receipt is there, too.
    writeFileSync(join(folder, 'again.yaml'), 'version: 1\nsteps:\n  - recover: { paths: [/large], to: stick }\n');
    expect(run(process.execPath, ['src/main.ts', 'run', join(folder, 'again.yaml'), '--disk', image])).toContain(
      'DONE',
    );
    expect(JSON.parse(readFileSync(join(copy, 'sparekey-receipt.json'), 'utf8'))).toMatchObject({
      status: 'done',
      summary: { files: 2000, keptFromBefore: receipt.summary.files },
    });
    expect(loopsOver(image)).toBe('');
  }));

test.each([[], ['--json']])(
  'a report that cannot be left beside the job any more is shown, made-up passwords included %s',
  (...more) =>
    withFolderAsync(async (folder) => {
      const image = prepare(folder);
      const beside = join(folder, 'beside');
      mkdirSync(beside);
      run('mount', ['--bind', beside, beside]);
      try {
        writeFileSync(
          join(beside, 'sparekey.yaml'),
          'version: 1\nsteps:\n  - reset-password: { user: ann, generate: true }\n',
        );
        const onAwaited = () => void run('mount', ['-o', 'remount,bind,ro', beside]);
        const { exitCode, stdout, stderr } = await watched(beside, image, more, '/etc/shadow', onAwaited);
        expect(exitCode).toBe(1);
        expect(stderr).toContain('The job was run');
        expect(`${stdout}${stderr}`).not.toContain('Nothing was changed');
        const shown =
          more.length > 0
            ? JSON.parse(stdout).steps[0].generatedPassword
            : /NEW PASSWORD of “ann”: +(\S+)/.exec(stdout)?.[1];
        const shadow = readWithDebugfs(image, '/etc/shadow');
        expect(opensHash(shown, shadow.match(/^ann:([^:]*)/m)?.[1] ?? '')).toBe(true);
      } finally {
        run('umount', [beside]);
      }
    }),
);
