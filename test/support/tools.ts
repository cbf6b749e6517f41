import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a program of the machine and returns its stdout. @throws Error with its stderr when it fails */
export const run = (program: string, args: readonly string[], input?: string | Uint8Array): string =>
  execFileSync(program, args, { input: input ?? '', maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'pipe'] }).toString();

/** Runs a program of the machine for its exit status alone. @throws Error when it has none */
export const statusOf = (program: string, args: readonly string[], input?: string | Uint8Array): number => {
  const { status, signal, error } = spawnSync(program, args, {
    input: input ?? '',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  if (status === null) throw error ?? new Error(`${program} was ended by ${signal}`);
  return status;
};

/** Gives a new folder to a piece of work, and removes it whatever happens. */
export const withFolder = <Result>(work: (folder: string) => Result, parent = tmpdir()): Result => {
  const folder = mkdtempSync(join(parent, 'sparekey-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The same for work that is waited for. */
export const withFolderAsync = async <Result>(work: (folder: string) => Promise<Result>): Promise<Result> => {
  const folder = mkdtempSync(join(tmpdir(), 'sparekey-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
