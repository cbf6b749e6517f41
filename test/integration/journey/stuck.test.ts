import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { hangShare } from '../../support/hung-share.ts';
import { opensHash } from '../../support/libcrypt.ts';
import { createLinuxDisk } from '../../support/linux-disk.ts';
import { Pty } from '../../support/pty.ts';
import { run, withFolderAsync } from '../../support/tools.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const environment = { PATH: process.env['PATH'] ?? '', LANG: 'C' };
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type StopSignal = keyof typeof exitCodes;

/** How long a process may live after the last signal that it was sent. */
const graceMs = 5000;

// What hangs for ever is to fail, and not to hold up everything else.
vi.setConfig({ testTimeout: 60_000 });

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

const start = (args: readonly string[]): ChildProcess => {
  const child = spawn(process.execPath, [main, ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  return child;
};

/** Waits until a process waits in the system call that opens a FIFO, or that touches a folder. */
const isStuck = async ({ pid }: Pick<ChildProcess, 'pid'>, where: RegExp): Promise<void> => {
  for (;;) {
    const waiting = run('sh', ['-c', `cat /proc/${pid}/task/*/wchan /proc/${pid}/task/*/stack 2>/dev/null || true`]);
    if (where.test(waiting)) return;
    await sleep(20);
  }
};

/** The only child of a process, once it has one. */
const soleChild = async (pid: number | undefined): Promise<number> => {
  for (;;) {
    const found = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    if (found !== '') return Number(found);
    await sleep(20);
  }
};

/** Waits for the end of a process, for as long as it may take it. */
const isGone = async (pid: number): Promise<void> => {
  const deadlineMs = performance.now() + graceMs;
  while (existsSync(`/proc/${pid}/exe`) && performance.now() < deadlineMs) await sleep(20);
  expect(existsSync(`/proc/${pid}/exe`)).toBe(false);
};

const stop = async (child: ChildProcess, signals: readonly StopSignal[]) => {
  const ended = new Promise<{ status: string; ms: number }>((resolve) => {
    child.on('exit', (code, signal) => resolve({ status: `${code ?? signal}`, ms: performance.now() - sentMs }));
  });
  let sentMs = 0;
  for (const signal of signals) {
    sentMs = performance.now();
    child.kill(signal);
    await sleep(300);
  }
  const late = sleep(graceMs + 1000).then(() => ({ status: 'still there', ms: Number.POSITIVE_INFINITY }));
  const end = await Promise.race([ended, late]);
  child.kill('SIGKILL');
  return end;
};

const fifo = (folder: string): string => {
  const path = join(folder, 'fifo');
  run('mkfifo', [path]);
  return path;
};

describe('a FIFO that nobody writes to keeps nothing from ending', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('as a password file: %s', (signal) =>
    withFolderAsync(async (folder) => {
      const child = start(['hash', '--password-file', fifo(folder)]);
      await isStuck(child, /wait_for_partner|fifo_open/);
      const { status, ms } = await stop(child, [signal]);
      expect(status).toBe(`${exitCodes[signal]}`);
      expect(ms).toBeLessThan(graceMs);
    }),
  );

  test('on a terminal: Ctrl-C', () =>
    withFolderAsync(async (folder) => {
      const command = `${process.execPath} ${main} hash --password-file ${fifo(folder)}`;
      const terminal = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
        env: environment,
      });
      children.add(terminal);
      await isStuck({ pid: await soleChild(await soleChild(terminal.pid)) }, /wait_for_partner/);
      terminal.stdin.write('\u0003');
      expect(await new Promise((resolve) => terminal.on('exit', resolve))).toBe(130);
    }));
});

test('a FIFO as a password file is read to its end, in however many pieces it comes', () =>
  withFolderAsync(async (folder) => {
    const path = fifo(folder);
    const child = start(['hash', '--password-file', path]);
    let stdout = '';
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
    });
    const writer = spawn('sh', ['-c', '{ printf Kanarien; sleep 0.5; printf "vogel\\n"; } >"$0"', path]);
    const code = await new Promise((resolve) => child.on('close', resolve));
    writer.kill();
    expect(code).toBe(0);
    expect(opensHash('Kanarienvogel', stdout.trim())).toBe(true);
  }));

describe('a share that does not answer keeps nothing from ending', () => {
  const onShare = (action: (share: string, folder: string) => Promise<void>): Promise<void> =>
    withFolderAsync(async (folder) => {
      const share = join(folder, 'share');
      mkdirSync(share);
      using _share = await hangShare(share);
      await action(share, folder);
    });

  test.each([
    ['as a source', (share: string) => ['scan', '--disk', join(share, 'card.img')]],
    ['with the password file', (share: string) => ['hash', '--password-file', join(share, 'password')]],
    ['with the job', (share: string) => ['run', join(share, 'sparekey.yaml')]],
  ])('%s', (_, args) =>
    onShare(async (share) => {
      const child = start(args(share));
      await isStuck(child, /fuse|request_wait_answer/);
      const { status, ms } = await stop(child, ['SIGTERM']);
      expect(status).toBe('143');
      expect(ms).toBeLessThan(graceMs);
    }),
  );

  test('in the text UI, which is left with Ctrl-C', () =>
    onShare(async (share) => {
      using pty = new Pty({ args: ['--disk', join(share, 'card.img')] });
      await pty.shows('Looking');
      pty.press('C-c', 'C-c');
      expect(await pty.ends()).toBe(130);
      expect(pty.isRestored()).toBe(true);
    }));

  test('as the target of a copy, which a second signal ends', () =>
    onShare(async (share, folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const child = start(['recover', '/etc', '--disk', image, '--to', join(share, 'got')]);
      await isStuck(child, /fuse|request_wait_answer/);
      const { status, ms } = await stop(child, ['SIGTERM', 'SIGTERM']);
      expect(status).toBe('143');
      expect(ms).toBeLessThan(graceMs);
      expect(run('losetup', ['--associated', image]).trim()).toBe('');
    }));
});

test('a terminal that was stopped with Ctrl-S keeps nothing from ending', () =>
  withFolderAsync(async (folder) => {
    const root = join(folder, 'root');
    mkdirSync(root);
    writeFileSync(join(root, 'large'), 'x'.repeat(1 << 22));
    const command = `stty -echo; exec ${process.execPath} ${main} cat /large --disk ${root}`;
    const terminal = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { env: environment });
    children.add(terminal);
    // The far end of the terminal is not read: it takes a few kilobytes, and then no more.
    terminal.stdout.pause();
    const pid = await soleChild(terminal.pid);
    await isStuck({ pid }, /n_tty_write|wait_woken/);
    process.kill(pid, 'SIGTERM');
    await isGone(pid);
  }));
