import { parseOsRelease } from '../../formats/os-release.ts';
import type { Notice } from '../../model/plan.ts';
import type { Volume } from '../../model/storage.ts';
import type { Place, SystemProfile } from '../../model/system.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { readHostname } from '../linux/hostname.ts';
import { kindAt, readIfPossible } from '../look.ts';
import { homeAssistantAccounts } from './accounts.ts';
import { homeAssistantBackups } from './backups.ts';
import { homeAssistantChecks } from './checks.ts';
import { corruptNotices } from './config-folder.ts';
import { hostKeys, overlayPieces } from './host-keys.ts';
import { homeAssistantLandmarks } from './landmarks.ts';

const dataLabel = 'hassos-data';
const overlayLabel = 'hassos-overlay';
const home: TreePath = '/supervisor/homeassistant';
/** The two slots that updates alternate between (operating-system: buildroot-external/genimage). */
const systemSlots = new Set(['hassos-system0', 'hassos-system1']);

/** The data volume of Home Assistant OS, whose own root is what the running system calls /mnt/data. */
export const haos: SystemProfile = {
  id: 'haos',
  accounts: homeAssistantAccounts({ hasSupervisor: true }),
  keys: hostKeys,
  loginChecks: homeAssistantChecks,
  landmarks: homeAssistantLandmarks,
  backups: homeAssistantBackups,

  async detect(place) {
    if (!(await isDataVolume(place))) return [];
    const version = await newestSlotVersion(place);
    const hostname = await readOverlayHostname(place);
    const pieces = await overlayPieces(place, (volume) => namesOf(volume).includes(overlayLabel));
    const notices = [...otherDataVolumes(place), ...(await corruptNotices(place.tree, home))];
    return [
      {
        name: 'Home Assistant OS',
        home,
        ...(version === undefined ? {} : { version }),
        ...(hostname === undefined ? {} : { hostname }),
        ...(pieces.length > 0 ? { pieces } : {}),
        ...(notices.length > 0 ? { notices } : {}),
      },
    ];
  },
};

/** By name, or, where the names were lost (a folder, a copied partition, a new label), by what only it holds. */
const isDataVolume = async ({ volume, tree }: Place): Promise<boolean> => {
  const path = namesOf(volume).some((name) => name.startsWith(dataLabel)) ? '/supervisor' : home;
  return (await kindAt(tree, path)) === 'directory';
};

const namesOf = ({ partLabel, filesystem }: Volume): readonly string[] =>
  [filesystem?.label, partLabel].filter((name) => name !== undefined);

/**
 * Home Assistant OS mounts the file system labelled `hassos-data`. A volume that was replaced, detached or failed to
 * move is labelled -old, -dis or -fail; `hassos-data-external` is the partition name of a data disk that was added.
 */
const otherDataVolumes = ({ volume, siblings }: Place): readonly Notice[] => {
  const others = siblings.filter(({ id, filesystem }) => id !== volume.id && filesystem !== undefined);
  const suspects = volume.filesystem?.label === dataLabel ? others : [volume, ...others];
  return suspects.flatMap((each) => {
    const label = namesOf(each).find((name) => name.startsWith(dataLabel) && (each !== volume || name !== dataLabel));
    return label === undefined ? [] : [{ code: 'other-data-disk', details: { selector: each.selector, label } }];
  });
};

const newestSlotVersion = async ({ siblings, withSibling }: Place): Promise<string | undefined> => {
  const slots = siblings.filter((volume) => namesOf(volume).some((name) => systemSlots.has(name)));
  const versions = await Promise.all(slots.map((slot) => withSibling(slot, readSlotVersion)));
  return versions.filter((version) => version !== undefined).reduce<string | undefined>(newerOf, undefined);
};

/** The running system mounts /etc/hostname from the overlay partition (operating-system: etc-hostname.mount). */
const readOverlayHostname = async ({ siblings, withSibling }: Place): Promise<string | undefined> => {
  const overlay = siblings.find((volume) => namesOf(volume).includes(overlayLabel));
  return overlay && (await withSibling(overlay, (tree) => readHostname(tree, '/')));
};

const readSlotVersion = async (tree: Tree): Promise<string | undefined> => {
  const bytes = (await readIfPossible(tree, '/etc/os-release')) ?? (await readIfPossible(tree, '/usr/lib/os-release'));
  const fields = bytes && parseOsRelease(bytes);
  return /^\d[\w.+-]{0,40}$/.exec(fields?.get('VERSION_ID') ?? '')?.[0];
};

const newerOf = (one: string | undefined, other: string): string =>
  one !== undefined && one.localeCompare(other, 'en', { numeric: true }) > 0 ? one : other;
