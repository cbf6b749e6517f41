import { expect, test } from 'vitest';
import { doorStates } from '../../../../src/model/finding.ts';
import { linuxChecks } from '../../../../src/systems/linux/checks/index.ts';
import { accountOf } from '../../../support/account.ts';
import { findingsOf, subjectOf } from '../../../support/checking.ts';
import type { FixtureFiles } from '../../../support/fixture-tree.ts';
import { bob, hash, linux } from '../../../support/small-linux.ts';

/** What sshd decides is judged by sshd itself (test/integration/systems/ssh-doors.test.ts); here is what lies around it. */

const shadow = `bob:${hash}:19000::::::\n`;
const ids = async (files: FixtureFiles, name = 'bob') =>
  (await findingsOf(linux(bob, shadow, { '/home/bob/.profile': '', ...files }), name))
    .filter(({ id }) => id !== 'home-not-own' && id !== 'home-missing')
    .map(({ id, certainty }) => `${id} ${certainty}`);

const config = { '/etc/ssh/sshd_config': 'UsePAM yes\n' };
const ran = { '/etc/machine-id': `${'0123456789abcdef'.repeat(2)}\n` };
const unit = { '/usr/lib/systemd/system/ssh.service': '[Service]\n' };

test.each<readonly [string, FixtureFiles, readonly string[]]>([
  ['a service that nothing starts', { ...unit, ...ran }, ['ssh-not-started likely']],
  ['one that is enabled', { ...unit, ...ran, '/etc/systemd/system/multi-user.target.wants/ssh.service': '' }, []],
  ['one behind a socket', { ...unit, ...ran, '/etc/systemd/system/sockets.target.wants/ssh.socket': '' }, []],
  [
    'one that the distribution wants',
    { ...unit, ...ran, '/usr/lib/systemd/system/multi-user.target.wants/ssh.service': '' },
    [],
  ],
  ['a system that never ran', unit, []],
  [
    'enabled, and told not to run',
    {
      ...unit,
      ...ran,
      '/etc/systemd/system/multi-user.target.wants/ssh.service': '',
      '/etc/ssh/sshd_not_to_be_run': '',
    },
    ['ssh-not-started likely'],
  ],
  [
    'options on its command line',
    { '/etc/default/ssh': '# Options\nSSHD_OPTS="-o PasswordAuthentication=no"\n' },
    ['ssh-start-options possible'],
  ],
  [
    'another file of its own',
    { '/etc/systemd/system/ssh.service.d/x.conf': '[Service]\nExecStart=\nExecStart=/usr/sbin/sshd -D -f /srv/sshd\n' },
    ['ssh-start-options possible'],
  ],
  ['no such options', { '/etc/default/ssh': 'SSHD_OPTS=\n', '/etc/sysconfig/sshd': 'OPTIONS="-4"\n' }, []],
])('%s', async (_, files, expected) => {
  expect(await ids({ ...config, ...files })).toEqual(expected);
});

test('what sshd does for root by itself is known, but not of Red Hat’s early builds', async () => {
  const known = { '/usr/sbin/sshd': 'x\0OpenSSH_9.2p1 Debian-2\0' };
  const early = { '/usr/sbin/sshd': 'x\0OpenSSH_7.4p1\0', '/etc/redhat-release': 'CentOS Linux release 7.9\n' };
  expect(await ids({ ...config, ...known }, 'root')).toEqual(['ssh-permitrootlogin certain']);
  expect(await ids({ ...config, ...early }, 'root')).toEqual(['ssh-permitrootlogin possible']);
  expect(await ids(config, 'root')).toEqual(['ssh-permitrootlogin likely']);
});

test('another server is named, and what it decides not known', async () => {
  const tree = linux(bob, shadow, { '/home/bob/.profile': '', '/usr/sbin/dropbear': '' });
  const findings = await findingsOf(tree);
  const doors = (await linuxChecks.doors?.(subjectOf(tree), accountOf('bob'))) ?? [];
  expect(doorStates(doors, findings).map(({ door, state }) => `${door} ${state}`)).toEqual([
    ...['console open', 'ssh-password unknown', 'ssh-key unknown'],
  ]);
});
