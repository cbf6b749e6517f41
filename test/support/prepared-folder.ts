import { execFileSync, spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';

/** What somebody can put under a name that Sparekey will use. */
export type Planted = 'link' | 'dangling link' | 'second name' | 'FIFO' | 'device' | 'socket' | 'folder';

export const harmlessKinds = ['link', 'dangling link', 'second name', 'FIFO', 'device', 'socket'] as const;

const victimContent = 'of the rescuer\n';

/** A folder of the rescuer's, which no attack may reach. */
export interface Victim {
  readonly folder: string;
  readonly file: string;
  /** Fails where anything in it was changed, or is new. */
  check(): void;
}

export const createVictim = (folder: string): Victim => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'file');
  writeFileSync(file, victimContent);
  return {
    folder,
    file,
    check: () => {
      expect(readdirSync(folder)).toEqual(['file']);
      expect(readFileSync(file, 'utf8')).toBe(victimContent);
    },
  };
};

const bindSocket = 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])';

const makers: Readonly<Record<Planted, (path: string, victim: Victim) => void>> = {
  link: (path, victim) => symlinkSync(victim.file, path),
  'dangling link': (path, victim) => symlinkSync(join(victim.folder, 'new'), path),
  'second name': (path, victim) => linkSync(victim.file, path),
  FIFO: (path) => execFileSync('mkfifo', [path]),
  device: (path) => execFileSync('mknod', [path, 'c', '1', '7']),
  socket: (path) => execFileSync('python3', ['-c', bindSocket, path]),
  folder: (path) => {
    mkdirSync(path);
    writeFileSync(join(path, 'theirs'), 'of somebody else');
  },
};

/** Plants something at a path, the folders around it made. */
export const plant = (kind: Planted, path: string, victim: Victim): void => {
  mkdirSync(dirname(path), { recursive: true });
  makers[kind](path, victim);
};

/** How a run ended. `status` is null where it hung and had to be killed. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly code: string | undefined;
}

/** A run that waits for something that never comes is told by the kernel: nothing here takes a tenth of this. */
const hangsAfterMs = 120_000;

/** Runs Sparekey from source, with --json. */
export const runOn = (args: readonly string[]): Ended => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/main.ts', ...args, '--json'], {
    timeout: hangsAfterMs,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 26,
  });
  const text = stdout.toString();
  const document = text.startsWith('{') ? JSON.parse(text) : {};
  return {
    status,
    stdout: text,
    stderr: stderr.toString(),
    code: document.error?.code ?? document.summary?.error?.code,
  };
};
