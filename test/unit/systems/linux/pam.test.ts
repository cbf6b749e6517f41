import { expect, test } from 'vitest';
import { findingsOf } from '../../../support/checking.ts';
import { bob, hash, linux } from '../../../support/small-linux.ts';

/** What a stack comes to is judged by real ones (test/integration/systems/pam-stacks.test.ts); here is what is said of it. */

const shadow = `bob:${hash}:19000::::::\n`;
const home = { '/home/bob/.profile': '' };
const unix =
  'auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\nauth required pam_permit.so\naccount required pam_unix.so\n';
const found = async (login: string, more: Record<string, string> = {}, line = shadow) =>
  (await findingsOf(linux(bob, line, { ...home, '/etc/pam.d/login': login, ...more })))
    .filter(({ code }) => code !== 'home-not-own')
    .map(({ id, path, line: at, certainty, doors }) => [id, `${path}:${at ?? ''}`, certainty, doors.join()]);

test.each([
  ['nothing wrong', unix, {}, []],
  [
    'a module that is not known',
    `auth required pam_corporate.so\n${unix}`,
    {},
    [['pam-unknown', '/etc/pam.d/login:1', 'possible', 'console']],
  ],
  ['one that has no say', `auth optional pam_corporate.so\nauth optional pam_gnome_keyring.so\n${unix}`, {}, []],
  [
    'an account that a directory might know, and does not',
    'auth sufficient pam_unix.so\nauth sufficient pam_sss.so\nauth required pam_deny.so\naccount required pam_unix.so\naccount [default=bad success=ok user_unknown=ignore] pam_sss.so\n',
    {},
    [['pam-unknown', '/etc/pam.d/login:5', 'possible', 'console']],
  ],
  [
    'access.conf',
    `${unix}account required pam_access.so\n`,
    { '/etc/security/access.conf': '# who may\n+:root:ALL\n-:ALL:ALL\n' },
    [['access-rule', '/etc/security/access.conf:3', 'certain', 'console']],
  ],
  [
    'a file that is not there',
    '@include common-auth\naccount required pam_unix.so\n',
    {},
    [['pam-missing', '/etc/pam.d/login:1', 'certain', 'console']],
  ],
])('%s', async (_, login, more, expected) => {
  expect(await found(login, more as Record<string, string>)).toEqual(expected);
});

test('a door hangs on where somebody comes from: that is said of SSH alone', async () => {
  const more = {
    '/etc/pam.d/sshd': `${unix}account required pam_access.so\n`,
    '/etc/ssh/sshd_config': 'UsePAM yes\n',
    '/etc/security/access.conf': '-:ALL EXCEPT root:ALL EXCEPT 192.168.0.0/16\n',
  };
  expect(await found(unix, more)).toEqual([
    ['access-rule', '/etc/security/access.conf:1', 'possible', 'ssh-password,ssh-key'],
  ]);
});
