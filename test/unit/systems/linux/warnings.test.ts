import { describe, expect, test } from 'vitest';
import type { FixtureFiles } from '../../../support/fixture-tree.ts';
import { bob, hash, linux, setPassword } from '../../../support/small-linux.ts';

describe('what may still keep the door shut', () => {
  const open = `bob:${hash}:20000::::::\n`;
  const codes = async (tree: ReturnType<typeof linux>, name = 'bob') =>
    (await setPassword(tree, { name })).warnings.map(({ code }) => code);

  test('a shell, a twin', async () => {
    const { warnings } = await setPassword(linux(bob.replace('/bin/bash', '/bin/false').repeat(2), open));
    expect(warnings).toEqual([
      { code: 'account-note', details: { user: 'bob', note: 'no-login-shell' } },
      { code: 'account-note', details: { user: 'bob', note: 'duplicate-name' } },
    ]);
  });

  test.each([
    '.ecryptfs/wrapped-passphrase',
    '.local/share/keyrings/login.keyring',
    '.local/share/kwalletd/kdewallet.kwl',
  ])('%s keeps the old password', async (file) => {
    expect(await codes(linux(bob, open, { [`/home/bob/${file}`]: 'x' }))).toEqual(['keyring-keeps-old']);
    expect(await codes(linux(bob, open, { [`/home/eve/${file}`]: 'x' }))).toEqual([]);
  });

  test('NixOS writes its accounts anew', async () => {
    const tree = linux(bob, open, { '/etc/os-release': 'NAME=NixOS\nID=nixos\n' });
    expect((await setPassword(tree)).warnings).toEqual([{ code: 'rewritten-at-boot', details: { system: 'NixOS' } }]);
  });

  test.each<readonly [string, FixtureFiles, boolean]>([
    ['no sshd', {}, false],
    ['the default', { '/etc/ssh/sshd_config': '#PermitRootLogin yes\nUsePAM yes\n' }, true],
    ['yes', { '/etc/ssh/sshd_config': 'PermitRootLogin yes\nPermitRootLogin no\n' }, false],
    ['no first', { '/etc/ssh/sshd_config': 'permitrootlogin=no\nPermitRootLogin yes\n' }, true],
    ['in a Match for root', { '/etc/ssh/sshd_config': 'Match User root\nPermitRootLogin yes\n' }, false],
    ['in a Match for others', { '/etc/ssh/sshd_config': 'Match User !root,*\nPermitRootLogin yes\n' }, true],
    ['only from an address', { '/etc/ssh/sshd_config': 'Match Address 10.0.0.0/8\nPermitRootLogin yes\n' }, true],
    [
      'a drop-in that stands first',
      {
        '/etc/ssh/sshd_config': 'Include sshd_config.d/*.conf\nPermitRootLogin no\n',
        '/etc/ssh/sshd_config.d/01-a.conf': 'Port 22\n',
        '/etc/ssh/sshd_config.d/02-b.conf': 'PermitRootLogin yes\n',
        '/etc/ssh/sshd_config.d/03-c.conf': 'PermitRootLogin no\n',
      },
      false,
    ],
    [
      'a drop-in of another name',
      {
        '/etc/ssh/sshd_config': 'Include /etc/ssh/sshd_config.d/*.conf\n',
        '/etc/ssh/sshd_config.d/a.conf.bak': 'PermitRootLogin yes\n',
        '/etc/ssh/sshd_config.d/.hidden.conf': 'PermitRootLogin yes\n',
      },
      true,
    ],
    [
      'an include of itself, with which sshd does not start',
      { '/etc/ssh/sshd_config': 'Include sshd_config sshd_config\nPermitRootLogin yes\n' },
      true,
    ],
  ])('root over SSH: %s', async (_, files, isRefused) => {
    expect(await codes(linux('', '', files), 'root')).toEqual(isRefused ? ['root-ssh'] : []);
    expect(await codes(linux(bob, open, files))).toEqual([]);
  });
});
