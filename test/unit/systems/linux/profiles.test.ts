import { describe, expect, test } from 'vitest';
import { type FixtureFiles, folder, memoryTree, other, symlink } from '../../../support/fixture-tree.ts';
import { detectEverything, placeOf } from '../../../support/place.ts';

const accounts: FixtureFiles = { '/etc/passwd': 'root:x:0:0::/root:/bin/sh\n', '/etc/shadow': 'root:*:::::::\n' };

const found = async (files: FixtureFiles) => {
  const { left } = await detectEverything(placeOf(memoryTree({ ...accounts, ...files })));
  return left.map(({ profile, detection }) => [profile.id, detection.name, detection.version]);
};
const release = (text: string): FixtureFiles => ({ '/etc/os-release': text });

describe('which profile a Linux gets, under its own name', () => {
  test.each<readonly [string, FixtureFiles, string, string, string | undefined]>([
    [
      'Debian testing',
      { ...release('ID=debian\nNAME="Debian GNU/Linux"\n'), '/etc/debian_version': 'forky/sid\n' },
      'debian',
      'Debian GNU/Linux',
      'forky/sid',
    ],
    [
      'Debian 12',
      { ...release('ID=debian\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n'), '/etc/debian_version': '12.11\n' },
      'debian',
      'Debian GNU/Linux',
      '12.11',
    ],
    [
      'Kali',
      {
        ...release('ID=kali\nID_LIKE=debian\nNAME="Kali GNU/Linux"\nVERSION_ID="2025.3"\n'),
        '/etc/debian_version': 'kali-rolling\n',
      },
      'debian',
      'Kali GNU/Linux',
      '2025.3',
    ],
    [
      'LMDE',
      { ...release('ID=linuxmint\nID_LIKE=debian\nNAME="LMDE"\nVERSION_ID="6"\n'), '/etc/debian_version': '12.5\n' },
      'debian',
      'LMDE',
      '6',
    ],
    [
      'Linux Mint',
      release('ID=linuxmint\nID_LIKE="ubuntu debian"\nNAME="Linux Mint"\nVERSION_ID="21.3"\n'),
      'ubuntu',
      'Linux Mint',
      '21.3',
    ],
    [
      'Raspbian',
      {
        ...release('ID=raspbian\nID_LIKE=debian\nNAME="Raspbian GNU/Linux"\nVERSION_ID="11"\n'),
        '/etc/debian_version': '11.9\n',
      },
      'raspberry-pi-os',
      'Raspberry Pi OS',
      '11.9',
    ],
    [
      'Raspberry Pi OS, 64 bits',
      {
        ...release('ID=debian\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n'),
        '/etc/rpi-issue': 'Raspberry Pi reference\n',
      },
      'raspberry-pi-os',
      'Raspberry Pi OS',
      '12',
    ],
    [
      'Red Hat',
      release('ID="rhel"\nID_LIKE="fedora"\nNAME="Red Hat Enterprise Linux"\nVERSION_ID="9.4"\n'),
      'rhel',
      'Red Hat Enterprise Linux',
      '9.4',
    ],
    [
      'CentOS 7',
      release('ID="centos"\nID_LIKE="rhel fedora"\nNAME="CentOS Linux"\nVERSION_ID="7"\n'),
      'rhel',
      'CentOS Linux',
      '7',
    ],
    [
      'Oracle Linux',
      release('ID="ol"\nID_LIKE="fedora"\nNAME="Oracle Linux Server"\nVERSION_ID="8.10"\n'),
      'rhel',
      'Oracle Linux Server',
      '8.10',
    ],
    ['CentOS 6', { '/etc/redhat-release': 'CentOS release 6.10 (Final)\n' }, 'rhel', 'CentOS', '6.10'],
    [
      'Nobara',
      release('ID=nobara\nID_LIKE="rhel centos fedora"\nNAME="Nobara Linux"\n'),
      'rhel',
      'Nobara Linux',
      undefined,
    ],
    ['Fedora 13', { '/etc/redhat-release': 'Fedora release 13 (Goddard)\n' }, 'fedora', 'Fedora', '13'],
    ['SLES', release('ID="sles"\nID_LIKE="suse"\nNAME="SLES"\nVERSION_ID="15.6"\n'), 'suse', 'SLES', '15.6'],
    [
      'Tumbleweed',
      release('ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\nNAME="openSUSE Tumbleweed"\n'),
      'suse',
      'openSUSE Tumbleweed',
      undefined,
    ],
    ['Manjaro', release('ID=manjaro\nID_LIKE=arch\nNAME="Manjaro Linux"\n'), 'arch', 'Manjaro Linux', undefined],
    [
      'postmarketOS',
      release('ID=postmarketos\nID_LIKE=alpine\nNAME="postmarketOS"\nVERSION_ID="v25.06"\n'),
      'alpine',
      'postmarketOS',
      'v25.06',
    ],
    [
      'XBian, which kept Raspbian’s ID',
      release('ID=raspbian\nID_LIKE=debian\nNAME=XBian\nVERSION_ID=1.0\n'),
      'debian',
      'XBian',
      '1.0',
    ],
    ['SLES for SAP', release('ID="sles_sap"\nNAME="SLES_SAP"\nVERSION_ID="12.2"\n'), 'suse', 'SLES_SAP', '12.2'],
    [
      'Fedora 33, which has no NAME',
      release('ID=fedora\nVERSION_ID=33\nPRETTY_NAME="Fedora 33 (Container Image)"\n'),
      'fedora',
      'Fedora',
      '33',
    ],
    [
      'XenServer, which has no VERSION_ID',
      release('ID="xenenterprise"\nID_LIKE="centos rhel fedora"\nNAME="XenServer"\nVERSION="7.6.0 (xenenterprise)"\n'),
      'rhel',
      'XenServer',
      '7.6.0',
    ],
    [
      'Debian 12 whose /usr is another volume',
      { '/etc/os-release': symlink('../usr/lib/os-release'), '/etc/debian_version': '12.11\n' },
      'debian',
      'Debian GNU/Linux',
      '12.11',
    ],
    [
      'Ubuntu whose /usr is another volume',
      {
        '/etc/os-release': symlink('../usr/lib/os-release'),
        '/etc/debian_version': 'trixie/sid\n',
        '/etc/lsb-release': 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=24.04\nDISTRIB_DESCRIPTION="Ubuntu 24.04.3 LTS"\n',
      },
      'ubuntu',
      'Ubuntu',
      '24.04',
    ],
    ['Debian 5', { '/etc/debian_version': '5.0.10\n' }, 'debian', 'Debian GNU/Linux', '5.0.10'],
    [
      'Ubuntu 10.04',
      { '/etc/debian_version': 'squeeze/sid\n', '/etc/lsb-release': 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\n' },
      'ubuntu',
      'Ubuntu',
      '10.04',
    ],
    [
      'a derivative of Debian with nothing but lsb-release',
      { '/etc/debian_version': '6.0\n', '/etc/lsb-release': 'DISTRIB_ID="LinuxMint"\nDISTRIB_RELEASE=1\n' },
      'debian',
      'LinuxMint',
      '1',
    ],
    ['an old Arch', { '/etc/arch-release': '' }, 'arch', 'Arch Linux', undefined],
    ['an old Alpine', { '/etc/alpine-release': '2.7.9\n' }, 'alpine', 'Alpine Linux', '2.7.9'],
    ['an old Slackware', { '/etc/slackware-version': 'Slackware 13.37.0\n' }, 'linux', 'Slackware', '13.37.0'],
    [
      'openSUSE 11',
      { '/etc/SuSE-release': 'openSUSE 11.4 (x86_64)\nVERSION = 11.4\nCODENAME = Celadon\n' },
      'suse',
      'openSUSE',
      '11.4',
    ],
    [
      'SLES 11',
      { '/etc/SuSE-release': 'SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n' },
      'suse',
      'SUSE Linux Enterprise Server',
      '11.4',
    ],
    [
      'Ubuntu whose os-release a power cut left empty',
      { ...release(''), '/etc/lsb-release': 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\n', '/etc/debian_version': '' },
      'ubuntu',
      'Ubuntu',
      '22.04',
    ],
    [
      'a name without an ID beside redhat-release',
      { ...release('NAME="Scientific Linux"\n'), '/etc/redhat-release': 'Scientific Linux release 7.9 (Nitrogen)\n' },
      'rhel',
      'Scientific Linux',
      undefined,
    ],
    [
      'Mageia, which keeps a redhat-release',
      { '/etc/redhat-release': 'Mageia release 6 (Official) for x86_64\n' },
      'linux',
      'Mageia',
      '6',
    ],
    [
      'Amazon Linux by its system-release',
      { '/etc/system-release': 'Amazon Linux AMI release 2014.03\n' },
      'rhel',
      'Amazon Linux AMI',
      '2014.03',
    ],
    [
      'OpenWrt of 2012',
      { '/etc/openwrt_release': 'DISTRIB_ID="OpenWrt"\nDISTRIB_RELEASE="12.09"\n' },
      'linux',
      'OpenWrt',
      '12.09',
    ],
    ['ALT Linux', { '/etc/altlinux-release': 'ALT Linux 7.0.5 Centaurus\n' }, 'linux', 'ALT Linux', '7.0.5'],
    ['Void', release('ID=void\nNAME="Void"\n'), 'linux', 'Void', undefined],
    ['a file that says nothing', release('\n'), 'linux', 'Linux', undefined],
    [
      'os-release in /usr only',
      { '/usr/lib/os-release': 'ID=arch\nNAME="Arch Linux"\n' },
      'arch',
      'Arch Linux',
      undefined,
    ],
    ['os-release as a loop of links', { '/etc/os-release': symlink('os-release') }, 'linux', 'Linux', undefined],
    ['os-release as a FIFO', { '/etc/os-release': other, '/usr/lib/os-release': folder }, 'linux', 'Linux', undefined],
    [
      'debian_version as a folder',
      { ...release('ID=debian\nNAME=Debian\nVERSION_ID=12\n'), '/etc/debian_version': folder },
      'debian',
      'Debian',
      '12',
    ],
  ])('%s', async (_, files, id, name, version) => {
    expect(await found(files)).toEqual([[id, name, version]]);
  });
});

test('a Home Assistant OS slot, a boot partition and an empty volume are no Linux to list', async () => {
  expect(await found(release('ID=haos\nNAME="Home Assistant OS"\n'))).toEqual([]);
  expect(await found(release('ID=hassos\nNAME="HassOS"\n'))).toEqual([]);
  const { all } = await detectEverything(placeOf(memoryTree({ '/cmdline.txt': 'root=/dev/mmcblk0p2\n' })));
  expect(all).toEqual([]);
  expect((await detectEverything(placeOf(memoryTree({})))).all).toEqual([]);
});

test('passwd alone, or passwd and shadow as folders, make no system', async () => {
  for (const files of [{ '/etc/passwd': 'x' }, { '/etc/passwd': folder, '/etc/shadow': folder }]) {
    expect((await detectEverything(placeOf(memoryTree(files)))).all).toEqual([]);
  }
});

test('a name of megabytes is cut', async () => {
  const [system] = await found(release(`ID=void\nNAME="${'x'.repeat(3_000_000)}"\nVERSION_ID=${'9'.repeat(1000)}\n`));
  expect(system?.[1]).toHaveLength(100);
  expect(system?.[2]).toHaveLength(100);
});
