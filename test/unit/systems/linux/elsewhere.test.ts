import { expect, test } from 'vitest';
import { readElsewhere } from '../../../../src/systems/linux/elsewhere.ts';
import { type FixtureFiles, folder, memoryTree } from '../../../support/fixture-tree.ts';

const passwd = (services: string): FixtureFiles => ({
  '/etc/nsswitch.conf': `# who\npasswd: ${services} # all\nshadow: files\n`,
});

test.each<readonly [string, FixtureFiles, readonly (readonly [string, readonly string[]])[]]>([
  ['an ordinary system', passwd('files systemd'), []],
  [
    'systemd-homed',
    { ...passwd('files systemd'), '/var/lib/systemd/home/lea.identity': '{}', '/var/lib/systemd/home/x': folder },
    [['homed', ['lea']]],
  ],
  ['SSSD', { ...passwd('sss files'), '/etc/sssd/sssd.conf': '' }, [['sssd', []]]],
  ['SSSD that is named and not set up, as on Fedora', passwd('files sss systemd'), []],
  ['LDAP', { ...passwd('files [success=return] ldap'), '/etc/nslcd.conf': '' }, [['ldap', []]]],
  ['a domain of Windows', { ...passwd('files winbind'), '/etc/samba/smb.conf': '' }, [['winbind', []]]],
  ['Samba without it', { ...passwd('files'), '/etc/samba/smb.conf': '' }, []],
  ['NIS', { ...passwd('compat'), '/etc/yp.conf': '' }, [['nis', []]]],
  [
    'NixOS that writes accounts from its configuration',
    { '/etc/nixos/configuration.nix': '{ users.mutableUsers = false; }' },
    [['declared', []]],
  ],
  ['NixOS that does not', { '/etc/nixos/configuration.nix': '{\n  # users.mutableUsers = false;\n}' }, []],
])('%s', async (_, files, expected) => {
  const found = await readElsewhere(memoryTree(files), '/');
  expect(found.map(({ kind, users }) => [kind, users])).toEqual(expected);
});
