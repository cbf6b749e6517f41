import { decodeBytes } from '../../formats/bytes.ts';
import { parseOsRelease, type Release } from '../../formats/os-release.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { kindAt, readIfPossible } from '../look.ts';
import { join } from '../paths.ts';

/**
 * What a system is called by the files that were there before os-release, and are still there where os-release lies
 * on another volume: as a rule it is a link into /usr.
 */
export const readOlderRelease = async (tree: Tree, home: TreePath): Promise<Release | undefined> => {
  for (const read of [readRedHatRelease, readSuseRelease, readLsbRelease, readMarks]) {
    const release = await read(tree, home);
    if (release) return release;
  }
  return undefined;
};

/** Debian's point release (`12.8`) or branch (`trixie/sid`), which os-release leaves out. */
export const readDebianVersion = async (tree: Tree, home: TreePath): Promise<string | undefined> =>
  /^(\d+(\.\d+)*|[a-z]+\/sid)/.exec(await readText(tree, join(home, 'etc/debian_version')))?.[0].slice(0, 100);

const readText = async (tree: Tree, path: TreePath): Promise<string> =>
  decodeBytes((await readIfPossible(tree, path)) ?? new Uint8Array());

/** `CentOS release 6.10 (Final)`: Red Hat 6 and older have no os-release. */
const readRedHatRelease = async (tree: Tree, home: TreePath): Promise<Release | undefined> => {
  const files = ['etc/redhat-release', 'etc/system-release', 'etc/oracle-release'];
  const texts = await Promise.all(files.map((file) => readText(tree, join(home, file))));
  const text = texts.find((each) => each !== '') ?? '';
  const [, name, version] = /^([^\n]{1,60}?) release (\d[\d.]{0,20})/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const [, id = 'rhel'] = redHatKin.find(([pattern]) => pattern.test(name)) ?? [];
  return { id, idLike: [], name, version };
};

/** Who keeps a redhat-release without being made from Red Hat Enterprise Linux. */
const redHatKin: readonly (readonly [pattern: RegExp, id: string])[] = [
  [/^(Fedora|Generic)\b/, 'fedora'],
  [/^(Mandr(ake|iva)|Mageia|PCLinuxOS|OpenMandriva)/, 'mandriva'],
  [/^openEuler/, 'openeuler'],
];

/** `openSUSE 11.4 (x86_64)` above `VERSION = 11.4`; service packs as `PATCHLEVEL = 4` in SLES 11. */
const readSuseRelease = async (tree: Tree, home: TreePath): Promise<Release | undefined> => {
  const text = await readText(tree, join(home, 'etc/SuSE-release'));
  const [, name] = /^([^\n]{1,60}?) \d/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const [, version] = /^VERSION = (\d[\d.]{0,20})$/m.exec(text) ?? [];
  const [, servicePack = '0'] = /^PATCHLEVEL = (\d{1,2})$/m.exec(text) ?? [];
  const isWhole = version === undefined || version.includes('.') || servicePack === '0';
  return { id: 'suse', idLike: [], name, version: isWhole ? version : `${version}.${servicePack}` };
};

/** `DISTRIB_ID=Ubuntu`, `DISTRIB_RELEASE=10.04` (lsb_release(1)). */
const readLsbRelease = async (tree: Tree, home: TreePath): Promise<Release | undefined> => {
  const bytes =
    (await readIfPossible(tree, join(home, 'etc/lsb-release'))) ??
    (await readIfPossible(tree, join(home, 'etc/openwrt_release')));
  const fields = bytes && parseOsRelease(bytes);
  const name = fields?.get('DISTRIB_ID')?.slice(0, 100);
  if (!name) return undefined;
  const [id = ''] = /^[a-z0-9]*/.exec(name.toLowerCase()) ?? [];
  const idLike = (await kindAt(tree, join(home, 'etc/debian_version'))) === 'file' ? ['debian'] : [];
  return { id, idLike, name, version: /^\d[\w.-]{0,20}/.exec(fields?.get('DISTRIB_RELEASE') ?? '')?.[0] };
};

/** Files of which one is enough, and mostly empty. Derivatives keep debian_version too, so it is asked last. */
const marks: readonly (readonly [file: string, id: string, name: string])[] = [
  // Its os-release lies in /nix, which is often a volume or a subvolume of its own.
  ['etc/NIXOS', 'nixos', 'NixOS'],
  ['etc/alpine-release', 'alpine', 'Alpine Linux'],
  ['etc/manjaro-release', 'arch', 'Manjaro Linux'],
  ['etc/arch-release', 'arch', 'Arch Linux'],
  ['etc/sabayon-release', 'gentoo', 'Sabayon'],
  ['etc/gentoo-release', 'gentoo', 'Gentoo'],
  ['etc/slackware-version', 'slackware', 'Slackware'],
  ['etc/vector-version', 'slackware', 'VectorLinux'],
  ['etc/altlinux-release', 'altlinux', 'ALT Linux'],
  ['etc/pld-release', 'pld', 'PLD Linux'],
  ['etc/pardus-release', 'pardus', 'Pardus'],
  ['etc/frugalware-release', 'frugalware', 'Frugalware'],
  ['etc/meego-release', 'meego', 'MeeGo'],
  ['etc/cirros/version', 'cirros', 'CirrOS'],
  ['etc/br-version', 'buildroot', 'Buildroot'],
  ['etc/debian_version', 'debian', 'Debian GNU/Linux'],
];

const readMarks = async (tree: Tree, home: TreePath): Promise<Release | undefined> => {
  for (const [file, id, name] of marks) {
    if ((await kindAt(tree, join(home, file))) !== 'file') continue;
    const text = await readText(tree, join(home, file));
    return { id, idLike: [], name, version: /\d+(\.\d+)*/.exec(text.slice(0, 100))?.[0] };
  }
  return undefined;
};
