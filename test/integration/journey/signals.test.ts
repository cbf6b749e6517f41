import { spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { complaintsOf, loopsOver, readWithDebugfs, sha256 } from '../../support/disk-image.ts';
import { opensHash } from '../../support/libcrypt.ts';
import { createLinuxDisk, shadowBefore } from '../../support/linux-disk.ts';
import { resetArgs } from '../../support/sparekey.ts';
import { withFolderAsync } from '../../support/tools.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const password = 'Kanarienvogel im Schacht 7';

/** Starts a run, sends it a signal as soon as it says the awaited words, and waits for its end. */
const interrupted = (args: readonly string[], awaited: string, signal: NodeJS.Signals) =>
  new Promise<{ exitCode: number | null; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [main, ...args, '--json'], { env: { PATH: process.env['PATH'] ?? '' } });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      if (!stderr.includes(awaited) && `${stderr}${chunk}`.includes(awaited)) child.kill(signal);
      stderr += chunk;
    });
    child.stdin.end(password);
    child.on('close', (exitCode) => resolve({ exitCode, stderr }));
  });

describe('a signal', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s while looking: stops, and nothing is left', (signal) =>
    withFolderAsync(async (folder) => {
      const image = createLinuxDisk(join(folder, 'card.img'));
      const untouched = sha256(image);
      const { exitCode } = await interrupted(resetArgs(image, 'bob'), '"looking"', signal);
      expect(exitCode).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
      expect(loopsOver(image)).toBe('');
      expect(sha256(image)).toBe(untouched);
    }),
  );

  test.each(['"opening"', '"journal-kept"', '"written"'])(
    'while writing (%s): the write is finished first',
    (awaited) =>
      withFolderAsync(async (folder) => {
        const original = createLinuxDisk(join(folder, 'original.img'));
        const image = join(folder, 'card.img');
        copyFileSync(original, image);
        const { exitCode, stderr } = await interrupted(resetArgs(image, 'bob'), awaited, 'SIGTERM');
        expect(stderr).toContain('Finishing the write');
        expect(exitCode).toBe(0);
        expect(loopsOver(image)).toBe('');
        expect(complaintsOf(image)).toBe('');
        const shadow = readWithDebugfs(image, '/etc/shadow');
        expect(shadow).not.toBe(shadowBefore.toString());
        expect(opensHash(password, shadow.match(/^bob:([^:]*)/m)?.[1] ?? '')).toBe(true);
      }),
  );
});
