import { expect, test } from 'vitest';
import { readHostname } from '../../../../src/systems/linux/hostname.ts';
import { type FixtureFiles, folder, memoryTree, other, symlink } from '../../../support/fixture-tree.ts';

test.each<readonly [string, FixtureFiles, string | undefined]>([
  ['hostname(5)', { '/etc/hostname': 'web1\n' }, 'web1'],
  [
    'comments and blank lines above it',
    { '/etc/hostname': '# our server\n\n  web1.example.org \nweb2\n' },
    'web1.example.org',
  ],
  ['a file with carriage returns', { '/etc/hostname': 'nas\r\n' }, 'nas'],
  ['SUSE before systemd', { '/etc/HOSTNAME': 'linux-qvqa.site\n' }, 'linux-qvqa.site'],
  ['Red Hat 6', { '/etc/sysconfig/network': 'NETWORKING=yes\nHOSTNAME="db.example.org"\n' }, 'db.example.org'],
  ['Gentoo', { '/etc/conf.d/hostname': '# set it\nhostname="tux"\n' }, 'tux'],
  [
    'OpenWrt',
    { '/etc/config/system': "config system\n\toption hostname 'router'\n\toption timezone 'UTC'\n" },
    'router',
  ],
  [
    'a name that is none, and one in another file',
    { '/etc/hostname': 'localhost\n', '/etc/HOSTNAME': 'real\n' },
    'real',
  ],
  ['Red Hat’s name that is none', { '/etc/sysconfig/network': 'HOSTNAME=localhost.localdomain\n' }, undefined],
  ['an empty file', { '/etc/hostname': '\n' }, undefined],
  ['a folder', { '/etc/hostname': folder }, undefined],
  ['a FIFO', { '/etc/hostname': other }, undefined],
  ['a loop of links', { '/etc/hostname': symlink('hostname') }, undefined],
  ['nothing', {}, undefined],
])('%s', async (_, files, name) => {
  expect(await readHostname(memoryTree(files), '/')).toBe(name);
});

test('a name of megabytes is cut', async () => {
  expect(await readHostname(memoryTree({ '/etc/hostname': 'x'.repeat(3_000_000) }), '/')).toHaveLength(253);
});
