import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeDataTree } from '../../support/haos-disk.ts';
import { run, withFolderAsync } from '../../support/tools.ts';

const key = 'ABCD-1234-EF56-7890-WXYZ-4321-GH65';

const prepare = (folder: string, backups: number, archives: number) => {
  const root = join(folder, 'root');
  mkdirSync(root);
  writeDataTree(root, [{ username: 'alice', displayName: 'Alice', password: 'x', isOwner: true }]);
  const counts = [`${backups}`, `${archives}`];
  run('python3', ['test/support/many-backups.py', join(root, 'supervisor/backup'), ...counts, key]);
  writeFileSync(join(folder, 'key'), key);
  const to = join(folder, 'to');
  const args = ['backups', 'decrypt', '--disk', root, '--to', to, '--key-file', join(folder, 'key')];
  return { args, to };
};

/** Runs it, sends a signal as soon as something happens in a folder, and waits for its end. */
const interrupted = async (args: readonly string[], folder: string) => {
  const child = spawn(process.execPath, ['src/main.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  let sentMs = Number.POSITIVE_INFINITY;
  const watcher = watch(folder, () => {
    if (sentMs !== Number.POSITIVE_INFINITY) return;
    sentMs = performance.now();
    child.kill('SIGTERM');
  });
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  watcher.close();
  return { exitCode, stdout, ms: performance.now() - sentMs };
};

test('one backup of thousands of archives: a signal is heard in the middle of it', () =>
  withFolderAsync(async (folder) => {
    const { args, to } = prepare(folder, 1, 1500);
    mkdirSync(to);
    const { exitCode, stdout, ms } = await interrupted(args, to);
    expect(exitCode).toBe(1);
    expect(stdout).not.toContain('Written');
    expect(readdirSync(to)).toEqual([]);
    expect(ms).toBeLessThan(5000);
  }));

test('hundreds of backups, none of which can be written: a signal ends it all the same', () =>
  withFolderAsync(async (folder) => {
    const { args, to } = prepare(folder, 400, 1);
    mkdirSync(to);
    for (let number = 0; number < 400; number++)
      writeFileSync(join(to, `${number.toString(16).padStart(8, '0')}.decrypted.tar`), 'mine');
    const { exitCode, stdout } = await interrupted(args, to);
    expect(exitCode).toBe(1);
    expect(stdout.match(/is there already/g)?.length ?? 0).toBeLessThan(400);
    expect(existsSync(join(to, 'sparekey-receipt.txt'))).toBe(false);
  }));
