import { spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, copyFileSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { complaintsOf, loopsOver, readWithDebugfs } from '../../support/disk-image.ts';
import { opensHash } from '../../support/libcrypt.ts';
import { createLinuxDisk, shadowBefore } from '../../support/linux-disk.ts';
import { scratchFolder } from '../../support/scratch.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const at = scratchFolder('unheard');
const original = at('original.img');
const password = 'Kanarienvogel im Schacht 7';

beforeAll(() => {
  createLinuxDisk(original);
  writeFileSync(at('password'), `${password}\n`);
});

let count = 0;
const freshDisk = (): string => {
  count += 1;
  const image = at(`card-${count}.img`);
  copyFileSync(original, image);
  return image;
};

/** Runs it under bash with its words going where `redirection` says. @returns its own exit code, and what was still heard */
const inShell = (args: readonly string[], redirection: string) => {
  const command = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ');
  const script = `${command} ${redirection}; exit "\${PIPESTATUS[0]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
    env: { PATH: process.env['PATH'], LANG: 'C', SCRATCH: join(original, '..') },
    encoding: 'utf8',
  });
  return { exitCode: status, stdout, stderr };
};

const generate = (image: string) => ['reset-password', '--user', 'bob', '--generate', '--yes', '--disk', image];
const reset = (image: string) => [
  ...['reset-password', '--user', 'bob', '--password-file', at('password')],
  ...['--yes', '--disk', image],
];

const isUntouched = (image: string): void => {
  expect(readWithDebugfs(image, '/etc/shadow')).toBe(shadowBefore.toString());
  expect(readWithDebugfs(image, '/.sparekey')).toBe('');
  expect(complaintsOf(image)).toBe('');
  expect(loopsOver(image)).toBe('');
};

const isReset = (image: string): void => {
  const shadow = readWithDebugfs(image, '/etc/shadow');
  expect(opensHash(password, shadow.match(/^bob:([^:]*)/m)?.[1] ?? '')).toBe(true);
  expect(complaintsOf(image)).toBe('');
};

describe('a made-up password that nobody could read is put back', () => {
  test.each([
    ['a reader that has gone', '| true'],
    ['a reader that goes in the middle', '2>&1 | head -2'],
    ['a full disk', '>/dev/full'],
    ['a full file', '>"$SCRATCH/full/password"'],
    ['the same, as a document', '--json >/dev/full'],
  ])('%s', (_, redirection) => {
    const image = freshDisk();
    spawnSync('sh', [
      '-c',
      'mkdir "$1"; mount -t tmpfs -o size=4k none "$1"; dd if=/dev/zero of="$1/zeros" bs=4k status=none',
      'sh',
      at('full'),
    ]);
    try {
      const { exitCode, stderr } = inShell(generate(image), redirection);
      expect(exitCode).toBe(1);
      if (!redirection.includes('2>&1')) expect(stderr).toContain('could not be shown');
      isUntouched(image);
    } finally {
      spawnSync('umount', [at('full')]);
    }
  });

  test.each([
    ['closed', '>&-'],
    ['/dev/null', '>/dev/null'],
  ])('nothing is begun where standard output is %s', (_, redirection) => {
    const image = freshDisk();
    const { exitCode, stderr } = inShell(generate(image), redirection);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('nobody would see')]);
    expect(stderr).not.toContain('for writing');
    isUntouched(image);
  });

  test('a reader that does not read, and a signal', async () => {
    const image = freshDisk();
    const pipe = at('pipe');
    spawnSync('mkfifo', [pipe]);
    // We are the reader; the pipe is full before the password comes.
    const reader = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      for (;;) writeSync(reader, Buffer.alloc(4096));
    } catch {
      // It is full.
    }
    const child = spawn(process.execPath, [main, ...generate(image), '--json'], { stdio: ['ignore', reader, 'pipe'] });
    let stderr = '';
    child.stderr?.on('data', (chunk) => {
      if (!stderr.includes('"verified"') && `${stderr}${chunk}`.includes('"verified"')) child.kill('SIGTERM');
      stderr += chunk;
    });
    const exitCode = await Promise.race([
      new Promise((resolve) => child.on('exit', (code) => resolve(code))),
      new Promise((resolve) => setTimeout(() => resolve('still there'), 30_000).unref()),
    ]);
    closeSync(reader);
    child.kill('SIGKILL');
    expect(stderr).toContain('"rolling-back"');
    expect(exitCode).toBe(1);
    isUntouched(image);
    rmSync(pipe);
  });

  test('one that is read is in place', () => {
    const image = freshDisk();
    const { exitCode, stdout } = inShell(generate(image), '| cat');
    expect(exitCode).toBe(0);
    const [, shown = ''] = /New password: (\S+)/.exec(stdout) ?? [];
    const shadow = readWithDebugfs(image, '/etc/shadow');
    expect(opensHash(shown, shadow.match(/^bob:([^:]*)/m)?.[1] ?? '')).toBe(true);
  });
});

describe('a reader that goes away cuts no write off, and is no success', () => {
  test.each([
    ['both streams', '2>&1 | head -2'],
    ['both streams, at once', '2>&1 | true'],
    ['standard output', '| true'],
    ['standard error', '2> >(exec true)'],
    ['standard error into a full disk', '2>/dev/full'],
    ['standard output into a full disk', '>/dev/full'],
  ])('%s', (_, redirection) => {
    const image = freshDisk();
    expect(inShell(reset(image), redirection).exitCode).toBe(1);
    isReset(image);
    expect(loopsOver(image)).toBe('');
  });
});

describe('every command says so', () => {
  test.each([
    ['scan', (image: string) => ['scan', '--disk', image]],
    ['scan --json', (image: string) => ['scan', '--json', '--disk', image]],
    ['ls', (image: string) => ['ls', '/etc', '--disk', image]],
    ['cat', (image: string) => ['cat', '/etc/shadow', '--disk', image]],
    ['hash', () => ['hash', '--password-file', at('password')]],
    ['--help', () => ['--help']],
    ['--version', () => ['--version']],
  ])('%s', (_, args) => {
    const { exitCode, stderr } = inShell(args(original), '>/dev/full');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('ENOSPC')]);
    expect(inShell(args(original), '| true').exitCode).toBe(1);
  });
});
