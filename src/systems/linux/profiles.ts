import type { Release } from '../../formats/os-release.ts';
import type { Place, ProfileId, SystemProfile } from '../../model/system.ts';
import { kindAt } from '../look.ts';
import { linuxAccounts } from './accounts.ts';
import { linuxChecks } from './checks/index.ts';
import { readElsewhere } from './elsewhere.ts';
import { readHostname } from './hostname.ts';
import { linuxKeys } from './keys.ts';
import { linuxLandmarks } from './landmarks.ts';
import { readDebianVersion } from './older-release.ts';
import { readRelease } from './release.ts';

/** A distribution family: what tells it from the others, and how it differs. */
interface Family {
  readonly id: ProfileId;
  /** Less specific families that recognise the same tree. */
  readonly supersedes?: readonly ProfileId[];
  readonly matches: (release: Release, place: Place) => boolean | Promise<boolean>;
  /** Where os-release does not say what people call it. */
  readonly name?: string;
  /** The point release stands in /etc/debian_version. */
  readonly hasDebianVersion?: boolean;
}

const root = '/';

const isKin = (...ids: readonly string[]): Family['matches'] => {
  return ({ id, idLike }) => ids.includes(id) || idLike.some((like) => ids.includes(like));
};

/**
 * Raspberry Pi OS calls itself Debian on 64 bits; the file that its image builder leaves tells. Others that are made
 * from it, such as XBian, keep its ID and have a name of their own.
 */
const isRaspberryPi: Family['matches'] = async ({ id, name }, { tree }) =>
  (id === 'raspbian' && /^(Raspbian|Linux)\b/.test(name)) ||
  (id === 'debian' && (await kindAt(tree, '/etc/rpi-issue')) === 'file');

/** Home Assistant OS is an appliance of its own (home-assistant/haos.ts), its slots no Linux that anyone logs in to. */
const isAppliance = ({ id }: Release): boolean => id === 'haos' || id === 'hassos';

const families: readonly Family[] = [
  {
    id: 'raspberry-pi-os',
    supersedes: ['debian', 'linux'],
    matches: isRaspberryPi,
    name: 'Raspberry Pi OS',
    hasDebianVersion: true,
  },
  { id: 'ubuntu', supersedes: ['debian', 'linux'], matches: isKin('ubuntu') },
  { id: 'debian', supersedes: ['linux'], matches: isKin('debian', 'raspbian'), hasDebianVersion: true },
  { id: 'rhel', supersedes: ['fedora', 'linux'], matches: isKin('rhel', 'centos', 'rocky', 'almalinux', 'ol') },
  { id: 'fedora', supersedes: ['linux'], matches: isKin('fedora') },
  {
    id: 'suse',
    supersedes: ['linux'],
    matches: isKin(
      'suse',
      'opensuse',
      'sles',
      'sled',
      'sle-micro',
      'sles_sap',
      'opensuse-leap',
      'opensuse-tumbleweed',
      'opensuse-microos',
    ),
  },
  { id: 'arch', supersedes: ['linux'], matches: isKin('arch', 'archarm') },
  { id: 'alpine', supersedes: ['linux'], matches: isKin('alpine') },
  { id: 'linux', matches: () => true },
];

const toProfile = ({ id, supersedes = [], matches, name, hasDebianVersion = false }: Family): SystemProfile => ({
  id,
  supersedes,
  accounts: linuxAccounts,
  keys: linuxKeys,
  loginChecks: linuxChecks,
  locks: linuxChecks,
  landmarks: linuxLandmarks,

  async detect(place) {
    const release = await readRelease(place.tree, root);
    if (!release || isAppliance(release) || !(await matches(release, place))) return [];
    // A derivative's /etc/debian_version names the Debian that it was made from, not itself.
    const isDebianItself = hasDebianVersion && ['debian', 'raspbian'].includes(release.id);
    const pointRelease = isDebianItself ? await readDebianVersion(place.tree, root) : undefined;
    const version = pointRelease ?? release.version;
    const hostname = await readHostname(place.tree, root);
    const elsewhere = await readElsewhere(place.tree, root);
    return [
      {
        name: name ?? release.name,
        home: root,
        ...(version === undefined ? {} : { version }),
        ...(hostname === undefined ? {} : { hostname }),
        ...(elsewhere.length === 0 ? {} : { elsewhere }),
      },
    ];
  },
});

export const linuxProfiles: readonly SystemProfile[] = families.map(toProfile);
