import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createExtImage } from '../../support/disk-image.ts';
import { withMounted } from '../../support/recovery.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { sparekey, sparekeyJson, sparekeyOnTerminal } from '../../support/sparekey.ts';

/** A right password on the disk is one thing, and who gets in another: each way in is named, before and after. */

const at = scratchFolder('doors');

const createDisk = (name: string): string => {
  const image = createExtImage(at(name), {
    files: {
      'etc/os-release': 'ID=debian\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n',
      'etc/ssh/sshd_config': 'Include /etc/ssh/sshd_config.d/*.conf\nUsePAM yes\nKbdInteractiveAuthentication no\n',
      'etc/ssh/sshd_config.d/50-cloud-init.conf': 'PasswordAuthentication no\n',
      'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nbob:x:1000:1001:Bob:/home/bob:/bin/bash\n',
      'etc/shadow': 'root:*:19000::::::\nbob:$6$old$hash:19000:::::18000:\n',
      'etc/group': 'root:x:0:\nsudo:x:27:bob\nbob:x:1001:\n',
      'etc/sudoers': '%sudo ALL=(ALL:ALL) ALL\n',
      'bin/bash': '',
    },
    populate: (root) => mkdirSync(join(root, 'home/bob'), { recursive: true }),
  });
  withMounted(image, 'rw', 'chown 1000:1001 "$1/home/bob" && chmod 755 "$1/home/bob" "$1/bin/bash"');
  return image;
};

const doorsOf = (document: { doors: { door: string; state: string; because: { id: string }[] }[] }) =>
  document.doors.map(({ door, state, because }) => [door, state, ...because.map(({ id }) => id)]);

const afterwards = [
  ['console', 'open'],
  ['ssh-password', 'shut', 'ssh-passwordauthentication'],
  ['ssh-key', 'missing'],
  ['sudo', 'open'],
];

test('in the plan as it will be, and in the result by a fresh look', () => {
  const image = createDisk('result.img');
  const check = () => sparekeyJson(['check', '--disk', image, '--user', 'bob']).document.checks[0];
  expect(doorsOf(check())).toEqual([
    ['console', 'shut', 'account-expired'],
    ['ssh-password', 'shut', 'account-expired', 'ssh-passwordauthentication'],
    ['ssh-key', 'missing'],
    ['sudo', 'open'],
  ]);
  const order = ['reset-password', '--disk', image, '--user', 'bob', '--password-file', '-'];
  expect(doorsOf(sparekeyJson([...order, '--dry-run'], 'a new one\n').document.plan)).toEqual(afterwards);
  const { outcome, document } = sparekeyJson([...order, '--yes'], 'a new one\n');
  expect(outcome.exitCode).toBe(0);
  expect(doorsOf(document.plan)).toEqual(afterwards);
  expect(doorsOf(document)).toEqual(afterwards);
  expect(doorsOf(check())).toEqual(afterwards);
});

test('in plain words, with the line that shuts it, in both languages', () => {
  const image = createDisk('words.img');
  const order = ['reset-password', '--disk', image, '--user', 'bob', '--password-file', '-', '--yes'];
  const english = sparekey(order, 'a new one\n');
  expect(english.stdout).toContain(
    [
      'Ways in now:',
      '  console: open',
      '  SSH with password: shut. The SSH server’s configuration says for “bob”: PasswordAuthentication no (/etc/ssh/sshd_config.d/50-cloud-init.conf, line 1)',
      '  SSH with key: no key is let in',
      '  sudo: open',
      '',
    ].join('\n'),
  );
  const french = sparekey([...order, '--lang', 'fr'], 'un autre\n');
  expect(french.stdout).toContain(
    '  SSH avec mot de passe : fermé. La configuration du serveur SSH dit pour « bob » : PasswordAuthentication no (/etc/ssh/sshd_config.d/50-cloud-init.conf, ligne 1)',
  );
});

test('on a terminal before the password is asked for', async () => {
  const image = createDisk('before.img');
  const { screen, exitCode } = await sparekeyOnTerminal(
    ['reset-password', '--disk', image, '--user', 'bob'],
    [
      ['New password', 'a new one\r'],
      ['once more', 'a new one\r'],
      // The cure for the shut door, and then the plan without it.
      ['Do this?', 'n\r'],
      ['Do this?', 'y\r'],
    ],
  );
  expect(exitCode).toBe(0);
  const before = screen.slice(0, screen.indexOf('New password'));
  expect(before).toContain('SSH with password: shut.');
  expect(before).toContain('console: open');
});

test('a key that is let in opens the door that a password does not', () => {
  const image = createDisk('key.img');
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx0lK3nL0rT4pUe0sFkS7i8GhVtQm2bWcYdNvEaZxQy bob@laptop\n';
  const { outcome, document } = sparekeyJson(
    ['authorize-key', '--disk', image, '--user', 'bob', '--key', '-', '--yes'],
    key,
  );
  expect(outcome.exitCode).toBe(0);
  // The account has expired, and a key does not change that.
  expect(doorsOf(document)).toContainEqual(['ssh-key', 'shut', 'account-expired']);
});
