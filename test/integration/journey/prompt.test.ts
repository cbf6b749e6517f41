import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readWithDebugfs, sha256 } from '../../support/disk-image.ts';
import { opensHash } from '../../support/libcrypt.ts';
import { createLinuxDisk } from '../../support/linux-disk.ts';
import { sparekeyOnTerminal } from '../../support/sparekey.ts';
import { withFolderAsync } from '../../support/tools.ts';

const password = 'Kanarienvogel im Schacht 7';

const withDisk = (work: (image: string) => Promise<void>) =>
  withFolderAsync((folder) => work(createLinuxDisk(join(folder, 'card.img'))));

const hashOf = (image: string, user: string) =>
  readWithDebugfs(image, '/etc/shadow').match(new RegExp(`^${user}:([^:]*)`, 'm'))?.[1] ?? '';

const reset = (image: string, user: string) => ['reset-password', '--disk', image, '--user', user];

describe('on a terminal', () => {
  test('asks for the password twice without showing it, shows the plan, and waits for the yes', () =>
    withDisk(async (image) => {
      const { exitCode, screen } = await sparekeyOnTerminal(reset(image, 'bob'), [
        ['New password', `${password}\r`],
        ['once more', `${password}\r`],
        ['[y/N]', 'y\r'],
      ]);
      expect(exitCode).toBe(0);
      expect(screen).not.toContain(password);
      expect(screen).toContain('/etc/shadow');
      expect(opensHash(password, hashOf(image, 'bob'))).toBe(true);
    }));

  test('both answers pasted at once are taken, and neither is shown', () =>
    withDisk(async (image) => {
      const { exitCode, screen } = await sparekeyOnTerminal(reset(image, 'bob'), [
        ['New password', `${password}\r${password}\r`],
        ['[y/N]', 'y\r'],
      ]);
      expect(exitCode).toBe(0);
      expect(screen).not.toContain(password);
      expect(opensHash(password, hashOf(image, 'bob'))).toBe(true);
    }));

  test('keys that edit a line do so, and arrow keys do not end up in the password', () =>
    withDisk(async (image) => {
      const typed = `wrong\u0015${password}\u001b[Dxy\u007f\u007f\r`;
      const { exitCode } = await sparekeyOnTerminal(reset(image, 'bob'), [
        ['New password', typed],
        ['once more', `${password}\r`],
        ['[y/N]', 'yes\r'],
      ]);
      expect(exitCode).toBe(0);
      expect(opensHash(password, hashOf(image, 'bob'))).toBe(true);
    }));

  test.each([
    ['no', 'n\r', 3],
    ['nothing', '\r', 3],
    ['Ctrl-D', '\u0004', 3],
    ['Ctrl-C', '\u0003', 130],
  ])('%s is not a yes', (_, typed, code) =>
    withDisk(async (image) => {
      const untouched = sha256(image);
      const { exitCode } = await sparekeyOnTerminal(reset(image, 'bob'), [
        ['New password', `${password}\r`],
        ['once more', `${password}\r`],
        ['[y/N]', typed],
      ]);
      expect(exitCode).toBe(code);
      expect(sha256(image)).toBe(untouched);
    }),
  );

  test('two passwords that differ, and Ctrl-C at the prompt, change nothing', () =>
    withDisk(async (image) => {
      const untouched = sha256(image);
      const differing = await sparekeyOnTerminal(reset(image, 'bob'), [
        ['New password', 'one\r'],
        ['once more', 'two\r'],
      ]);
      expect(differing.exitCode).toBe(2);
      const broken = await sparekeyOnTerminal(reset(image, 'bob'), [['New password', 'one\u0003']]);
      expect(broken.exitCode).toBe(130);
      expect(sha256(image)).toBe(untouched);
    }));

  test('asks before it lifts a lock, in French too', () =>
    withDisk(async (image) => {
      const untouched = sha256(image);
      const answers = (unlock: string) =>
        [
          ['Nouveau mot de passe', `${password}\r`],
          ['encore une fois', `${password}\r`],
          ['Lever aussi le verrou', unlock],
        ] as const;
      const args = [...reset(image, 'carol'), '--lang', 'fr'];
      const declined = await sparekeyOnTerminal(args, answers('n\r'));
      expect(declined.exitCode).toBe(3);
      expect(sha256(image)).toBe(untouched);
      const { exitCode } = await sparekeyOnTerminal(args, [...answers('oui\r'), ['Le faire', 'o\r']]);
      expect(exitCode).toBe(0);
      expect(opensHash(password, hashOf(image, 'carol'))).toBe(true);
    }));
});
