import { isRaidMember } from '../formats/blkid.ts';
import { formatSize } from '../formats/size.ts';
import type { Account } from '../model/account.ts';
import type { Notice } from '../model/plan.ts';
import type { Disk, Volume } from '../model/storage.ts';
import type { InstalledSystem } from '../model/system.ts';
import { describeError } from '../text/describe-error.ts';
import { systemTitle } from '../text/names.ts';
import { noticeSentence } from '../text/sentence.ts';
import type { Text } from '../text/text.ts';
import { systemsOn } from './find.ts';
import { textOf } from './kit/layout.ts';
import type { State } from './state.ts';

export const titleOfSystem = ({ detection }: InstalledSystem): string => systemTitle(detection);

/** What is on a volume, in words that need no knowledge: "Home Assistant OS 16.2, data". */
export const describeVolume = (state: State, volume: Volume): string => {
  const { disks } = textOf(state).tui;
  const systems = systemsOn(state, volume).map((system) => `${titleOfSystem(system)}${roleOf(state, system)}`);
  if (systems.length > 0) return systems.join(' + ');
  if (volume.isInUse) return disks.contents.inUse;
  if (state.disks.scan.disks.some(({ id, isRescueMedium }) => id === volume.diskId && isRescueMedium))
    return disks.thisStick;
  if (volume.snapshotOf !== undefined) return textOf(state).scan.snapshotOf(volume.snapshotOf);
  if (volume.unopened?.code === 'locked') return disks.contents.locked;
  if (noticesOf(state, volume).some(({ code }) => code === 'cannot-look')) return disks.contents.unopened;
  if (state.disks.unseen.includes(volume.id)) return disks.contents.unseen;
  const content = contentOf(volume);
  if (content !== undefined) return disks.contents[content];
  // While the first look is under way, nobody knows yet.
  if (state.disks.lookable === undefined) return '…';
  return state.disks.lookable.includes(volume.id) ? disks.noSystem : disks.contents.unknown;
};

/** Home Assistant OS keeps its programs elsewhere; a container says by its name already what it is. */
const roleOf = (state: State, { profile, detection }: InstalledSystem): string => {
  const { disks } = textOf(state).tui;
  if (profile.id === 'haos') return `, ${disks.data}`;
  return detection.home === '/' ? `, ${disks.system}` : '';
};

type Content = keyof Text['tui']['disks']['contents'];

/** By file system type as blkid names it, and by the names that Home Assistant OS gives its partitions. */
const contentOf = ({ filesystem, partLabel, sizeBytes, raidMember }: Volume): Content | undefined => {
  if (raidMember !== undefined || isRaidMember(filesystem?.type)) return 'raid';
  const label = filesystem?.label ?? partLabel ?? '';
  const [, part] = /^hassos-(boot$|kernel|system|overlay|bootstate)/.exec(partLabel ?? label) ?? [];
  if (part !== undefined) return haosParts[part];
  switch (filesystem?.type) {
    case undefined:
      return 'blank';
    case 'swap':
    case 'swsuspend':
      return 'swap';
    case 'LVM2_member':
      return 'lvm';
    case 'crypto_LUKS':
    case 'BitLocker':
      return 'encrypted';
    case 'ntfs':
      return 'windows';
    case 'vfat':
      return /efi|boot/i.test(`${label} ${partLabel ?? ''}`) || sizeBytes < smallBytes ? 'boot' : undefined;
    default:
      return undefined;
  }
};

/** How Home Assistant OS names its partitions (operating-system: buildroot-external/genimage). */
const haosParts: Readonly<Record<string, Content>> = {
  boot: 'boot',
  kernel: 'slot',
  system: 'slot',
  overlay: 'state',
  bootstate: 'state',
};

/** A FAT partition this small starts a machine; a larger one is somebody's stick. */
const smallBytes = 700_000_000;

/** "SanDisk Ultra, 32 GB, usb". */
export const describeDisk = (disk: Disk, words: Text['scan']): string =>
  [
    disk.model ?? disk.standsOn?.join(' + '),
    formatSize(disk.sizeBytes),
    disk.transport === 'file' ? undefined : disk.transport,
    disk.degraded && words.degraded(disk.degraded.present, disk.degraded.devices),
    disk.unopened && words.incomplete,
  ]
    .filter((fact) => fact !== undefined)
    .join(', ');

/** Owner, administrator, and what keeps the account from logging in. */
export const describeAccount = (state: State, account: Account): readonly string[] => {
  const { owner, administrator, logins, accountNotes } = textOf(state).scan;
  const rank = account.isOwner ? owner : account.isAdministrator ? administrator : '';
  const display = account.displayName === undefined || account.displayName === account.name ? '' : account.displayName;
  const remarks = account.notes.map((note) => accountNotes[note]);
  return [account.name, display, rank, [logins[account.login], ...remarks].join(', ')];
};

/** An error as sentences, one paragraph each. */
export const sayError = (state: State, error: unknown): readonly string[] =>
  describeError(error, textOf(state), 'tui').lines;

/** In the text UI's own words where the usual ones name a command. */
export const describeNotice = (state: State, notice: Notice): string => {
  const { notices, tui } = textOf(state);
  return noticeSentence({ ...notices, ...tui.refusals.notices }, notice);
};

/** What was noticed about one volume; what can be undone stands in its menu. */
export const noticesOf = (state: State, { selector }: Volume): readonly Notice[] =>
  state.disks.scan.notices.filter(
    ({ code, details }) => code !== 'can-undo' && 'selector' in details && details.selector === selector,
  );
