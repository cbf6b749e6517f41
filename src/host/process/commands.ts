import type { ChildProcess } from 'node:child_process';
import { execa } from 'execa';
import { decodeBytes } from '../../formats/bytes.ts';
import { isRescueError, RescueError } from '../../model/errors.ts';
import { endWithUs } from './running-tools.ts';
import { toolEnvironment } from './tool-environment.ts';

/** Every program that Sparekey runs. Mostly util-linux, coreutils and e2fsprogs; nothing here is specific to a distribution. */
export type Tool =
  | 'blkid'
  | 'blockdev'
  | 'chattr'
  | 'chcon'
  | 'cp'
  | 'cryptsetup'
  | 'dmesg'
  | 'dmsetup'
  | 'fsck.exfat'
  | 'fsck.fat'
  | 'loadkeys'
  | 'losetup'
  | 'lsattr'
  | 'lsblk'
  | 'lvm'
  | 'mdadm'
  | 'modprobe'
  | 'mount'
  | 'nsenter'
  | 'partx'
  | 'poweroff'
  | 'prlimit'
  | 'reboot'
  | 'sh'
  | 'tar'
  | 'umount'
  | 'unshare';

export interface RunOptions {
  /** Exit codes that are answers, not failures; 0 is always one. */
  readonly okCodes?: readonly number[];
  /** A dying disk must not hold everything up for ever. */
  readonly timeoutMs?: number;
  /** What it reads from its standard input; nothing unless given. */
  readonly input?: Uint8Array;
  /** Variables beside those that every tool gets. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunResult {
  readonly stdout: Uint8Array;
  readonly exitCode: number;
}

const defaultTimeoutMs = 60_000;

/** Tools are detached from the terminal's process group: Ctrl-C must not break off a mount or an attribute copy halfway. */
const isolation = {
  detached: true,
  env: toolEnvironment,
  extendEnv: false,
  reject: false,
  stripFinalNewline: false,
  encoding: 'buffer',
} as const;

/**
 * Runs a tool to its end.
 * @throws RescueError tool-missing, tool-timeout, tool-failed with its stderr
 */
export const run = async (tool: Tool, args: readonly string[], options: RunOptions = {}): Promise<RunResult> => {
  const { input, env } = options;
  const subprocess = execa(tool, args, {
    ...isolation,
    env: { ...toolEnvironment, ...env },
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
  });
  endWithUs(subprocess.nodeChildProcess);
  const result = await Promise.race([subprocess, giveUpAfter(options.timeoutMs ?? defaultTimeoutMs, subprocess)]);
  if (result === 'late') throw new RescueError('tool-timeout', { tool });
  const { exitCode } = result;
  if (exitCode === undefined || !(exitCode === 0 || options.okCodes?.includes(exitCode))) throw failureOf(tool, result);
  return { stdout: result.stdout, exitCode };
};

/** A process waiting for a dead disk cannot even be killed: it is left behind, and must not keep us from ending. */
const giveUpAfter = async (
  timeoutMs: number,
  subprocess: PromiseLike<unknown> & { readonly nodeChildProcess: ChildProcess },
): Promise<'late'> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => {
      subprocess.nodeChildProcess.kill('SIGKILL');
      subprocess.nodeChildProcess.unref();
      resolve('late');
    }, timeoutMs);
    timer.unref();
    void subprocess.then(() => clearTimeout(timer));
  });

/** A process that lives as long as its stdin stays open, which is as long as we live, kill -9 included. */
export interface Companion {
  readonly pid: number;
  /** Writes a line to its stdin; what it was told so is read by it also when we are gone a moment later. */
  tell(line: string): Promise<void>;
  /** Closes its stdin and waits for its end. */
  end(): Promise<void>;
}

/**
 * Starts a tool that echoes stdin to stdout, and waits for the first echo. It does not keep our own process alive.
 * @throws RescueError tool-missing, tool-failed
 */
export const start = async (tool: Tool, args: readonly string[]): Promise<Companion> => {
  const subprocess = execa(tool, args, { ...isolation, stdin: 'pipe', stdout: 'pipe', buffer: { stdout: false } });
  const { stdin, stdout, pid, nodeChildProcess } = subprocess;
  const ended = subprocess.then((result) => result);
  stdin.on('error', () => {}); // EPIPE, where it ended early: `ended` tells why
  const failure = await Promise.race([
    ended,
    new Promise<undefined>((resolve) => {
      stdout.once('data', () => resolve(undefined));
      stdin.write('ready\n');
    }),
  ]);
  if (failure !== undefined || pid === undefined) throw failureOf(tool, failure ?? (await ended));

  stdout.destroy();
  nodeChildProcess.unref();
  for (const stream of nodeChildProcess.stdio) unref(stream);
  return {
    pid,
    tell: (line) =>
      new Promise((resolve, reject) => {
        stdin.write(`${line}\n`, (error) => (error ? reject(error) : resolve()));
      }),
    end: async () => {
      nodeChildProcess.ref();
      stdin.end();
      await ended;
    },
  };
};

/** Pipes are sockets, though their types do not say so. */
const unref = (stream: object | null | undefined): void => {
  if (stream && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
};

const failureOf = (
  tool: Tool,
  result: {
    readonly code?: string | undefined;
    readonly stderr: Uint8Array;
    readonly shortMessage?: string | undefined;
  },
): RescueError => {
  if (result.code === 'ENOENT') return new RescueError('tool-missing', { tool }, { cause: result });
  const output = decodeBytes(result.stderr).trim() || (result.shortMessage ?? '');
  return new RescueError('tool-failed', { tool, output }, { cause: result });
};

/** What a tool said when it failed; undefined for any other error. */
export const outputOfFailure = (error: unknown): string | undefined =>
  isRescueError(error) && error.code === 'tool-failed'
    ? (error as RescueError<'tool-failed'>).details.output
    : undefined;
