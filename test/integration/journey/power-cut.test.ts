import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { complaintsOf, createExtImage, loopsOver } from '../../support/disk-image.ts';
import { providerPath, writeDataTree } from '../../support/haos-disk.ts';
import { opensHash } from '../../support/libcrypt.ts';
import { sparekey } from '../../support/sparekey.ts';
import { run, withFolder, withFolderAsync } from '../../support/tools.ts';

const program = fileURLToPath(new URL('../../support/stopped-run.ts', import.meta.url));
const password = 'the new one';
const appLogins = '/supervisor/auth.json';

/** Two files to change, so that a cut between them shows. */
const createPatient = (path: string): string =>
  createExtImage(path, {
    label: 'hassos-data',
    sizeMebibytes: 24,
    populate: (root) =>
      writeDataTree(root, [{ username: 'alice', displayName: 'Alice', password: 'old', isOwner: true }]),
  });

const readFile = (image: string, path: string, folder: string): string => {
  const out = join(folder, 'dumped');
  run('debugfs', ['-R', `dump ${path} ${out}`, image]);
  return readFileSync(out, 'utf8');
};

/** Asks libcrypt, not us; the file must be whole JSON. */
const isNewPassword = (image: string, folder: string): boolean => {
  const hash = JSON.parse(readFile(image, providerPath, folder)).data.users[0].password;
  return opensHash(password, Buffer.from(hash, 'base64').toString());
};

const stopped = (image: string, mode: 'kill' | 'copy', argument: string) =>
  spawnSync(process.execPath, [program, image, 'alice', password, mode, argument]);

const untilGone = async (image: string): Promise<void> => {
  for (let attempts = 0; attempts < 100 && loopsOver(image) !== ''; attempts += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
};

/** After any cut: both files whole, old or new; nothing secret left over; the run can be undone, or never began. */
const expectWholeAndUndoable = (image: string, original: string, folder: string): 'old' | 'new' => {
  // A machine's first mount replays the journal; e2fsck does the same, and then finds nothing to mend.
  run('sh', ['-c', 'e2fsck -p "$1" >/dev/null || test $? -eq 1', 'sh', image]);
  expect(complaintsOf(image)).toBe('');
  const [provider, logins] = [providerPath, appLogins].map((path) => readFile(image, path, folder));
  const [oldProvider, oldLogins] = [providerPath, appLogins].map((path) => readFile(original, path, folder));
  const isNew = isNewPassword(image, folder);
  if (!isNew) expect(provider).toBe(oldProvider);
  expect([oldLogins, '{}']).toContain(logins);

  const scanned = sparekey(['scan', '--disk', image]).stdout;
  if (scanned.includes('sparekey undo')) {
    expect(sparekey(['undo', '--disk', image, '--yes']).exitCode).toBe(0);
  } else {
    expect(isNew).toBe(false);
  }
  expect(readFile(image, providerPath, folder)).toBe(oldProvider);
  expect(readFile(image, appLogins, folder)).toBe(oldLogins);
  const names = run('debugfs', ['-R', 'ls -p /supervisor/homeassistant/.storage', image]);
  expect(names + run('debugfs', ['-R', 'ls -p /supervisor', image])).not.toContain('.sparekey-');
  return isNew ? 'new' : 'old';
};

describe('a run that is stopped', () => {
  test('by a power cut at any write step leaves every file old or new, whole, and can be undone', () =>
    withFolder((folder) => {
      const original = createPatient(join(folder, 'original.img'));
      const image = join(folder, 'disk.img');
      copyFileSync(original, image);
      const { status, stdout, stderr } = stopped(image, 'copy', join(folder, 'cut-'));
      expect(`${status} ${stderr}`).toBe('0 ');
      const steps = stdout.toString().trim().split('\n');
      expect(steps.filter((step) => step === 'rename').length).toBeGreaterThanOrEqual(2);
      const outcomes = steps.map((_, index) =>
        expectWholeAndUndoable(join(folder, `cut-${index + 1}`), original, folder),
      );
      expect(new Set(outcomes)).toEqual(new Set(['old', 'new']));
      expect(isNewPassword(image, folder)).toBe(true);
    }));

  test('by SIGKILL at any write step leaves no mount, no loop device, and every file whole', async () => {
    await withFolderAsync(async (folder) => {
      const original = createPatient(join(folder, 'original.img'));
      const image = join(folder, 'disk.img');
      for (let step = 1; ; step += 1) {
        copyFileSync(original, image);
        const { signal, status } = stopped(image, 'kill', `${step}`);
        await untilGone(image);
        expect(loopsOver(image)).toBe('');
        if (signal === null) {
          expect(status).toBe(0);
          expect(step).toBeGreaterThan(20);
          return;
        }
        expect(signal).toBe('SIGKILL');
        expectWholeAndUndoable(image, original, folder);
      }
    });
  });
});
