import { isRaidMember } from '../formats/blkid.ts';
import { showable } from '../formats/bytes.ts';
import type { Account } from '../model/account.ts';
import type { ElsewhereKind } from '../model/elsewhere.ts';
import { type KnownError, RescueError } from '../model/errors.ts';
import type { Volume, VolumeNames } from '../model/storage.ts';
import type { Capabilities, InstalledSystem } from '../model/system.ts';
import type { Scan } from './scan-result.ts';

/** An account, and the system that it is on. */
export interface Target {
  readonly system: InstalledSystem;
  readonly account: Account;
}

/** What --on may name a volume by, as `lsblk` and fstab(5) spell it. */
const tags: Record<string, (volume: VolumeNames) => string | undefined> = {
  LABEL: ({ filesystem }) => filesystem?.label,
  UUID: ({ filesystem }) => filesystem?.uuid,
  PARTLABEL: ({ partLabel }) => partLabel,
  PARTUUID: ({ partUuid }) => partUuid,
};

/** Whether a selector names this volume: `sdb2`, `/dev/sdb2`, `card.img:2`, `LABEL=…`; escapes as scan prints them count too. */
export const isSelected = (volume: VolumeNames, selector: string): boolean => {
  const [, tag = '', value = ''] = /^([A-Z]+)=(.*)$/s.exec(selector) ?? [];
  const read = tags[tag];
  if (read) return isSameSpelling(value, read(volume));
  return isSameSpelling(selector, volume.selector) || (volume.kind === 'device' && selector === volume.path);
};

const isSameSpelling = (typed: string, stored: string | undefined): boolean =>
  stored !== undefined && (typed === stored || typed === showable(stored));

/**
 * The account that is meant. A system may be left unnamed when only one has such an account; nothing is ever guessed.
 * @throws RescueError no-match, several-match, not-offered, no-such-account, several-accounts
 */
export const chooseAccount = (
  scan: Scan,
  request: { readonly on: string | undefined; readonly user: string },
  { id, needs }: { readonly id: string; readonly needs: keyof Capabilities },
): Target => {
  const { on, user } = request;
  const named = chooseSystems(scan, on);
  const offering = named.filter(({ profile }) => profile[needs] !== undefined);
  const where = keptElsewhere(offering.length > 0 ? offering : named, user);
  if (offering.length === 0 && where !== undefined) throw new RescueError('account-elsewhere', { user, where });
  if (offering.length === 0) throw new RescueError('not-offered', { task: id, system: named[0]?.id ?? '' });
  const targetsBy = (find: typeof accountsCalled): readonly Target[] =>
    offering.flatMap((system) => find(user, system).map((account) => ({ system, account })));
  const listed = targetsBy(accountsCalled);
  const targets = listed.length > 0 ? listed : targetsBy(othersCalled);
  const [target, ...others] = targets;
  if (target === undefined) {
    if (where !== undefined) throw new RescueError('account-elsewhere', { user, where });
    const accounts = offering.flatMap((system) => system.accounts.map(({ name }) => `${name} (${system.id})`));
    throw new RescueError('no-such-account', { user, accounts });
  }
  if (others.length === 0) return target;
  const ids = new Set(targets.map(({ system }) => system.id));
  if (ids.size > 1) throw severalSystems(on, [...ids]);
  throw new RescueError('several-accounts', { user, accounts: targets.map(({ account }) => account.name) });
};

/** Where an account is that the disk does not hold: what is known of its name comes before what may hold any name. */
const keptElsewhere = (systems: readonly InstalledSystem[], user: string): ElsewhereKind | undefined => {
  const all = systems.flatMap(({ detection }) => detection.elsewhere ?? []);
  const named = all.find(({ users }) => users.includes(user));
  return (named ?? all.find(({ kind }) => kind !== 'homed' && kind !== 'declared'))?.kind;
};

const chooseSystems = (scan: Scan, on: string | undefined): readonly InstalledSystem[] => {
  const { systems } = scan;
  const byId = systems.filter(({ id }) => id === on);
  const matches = byId.length > 0 ? byId : systems.filter(({ volume }) => on === undefined || isSelected(volume, on));
  if (matches.length === 0) throw reasonForNone(scan, on);
  const volumes = new Set(matches.map(({ volume }) => volume));
  if (on !== undefined && volumes.size > 1) {
    throw severalSystems(
      on,
      matches.map(({ id }) => id),
    );
  }
  return matches;
};

/** Why there is no system where one was looked for: its volume was passed over, could not be opened, or holds none. */
const reasonForNone = ({ disks, systems, notices }: Scan, on: string | undefined): KnownError => {
  const isMeant = (volume: Volume) => on === undefined || isSelected(volume, on);
  const meant = disks.flatMap((disk) => disk.volumes.filter(isMeant).map((volume) => ({ disk, volume })));
  const unopened = notices.find(
    ({ code, details }) => code === 'cannot-look' && meant.some(({ volume }) => volume.selector === details.selector),
  );
  if (unopened?.code === 'cannot-look') return unopened.details.error;
  const gap = on === undefined ? disks.find((disk) => disk.unopened)?.unopened : undefined;
  if (gap) return gap;
  const running = meant.find(({ disk }) => disk.isRunningSystem);
  if (running && meant.every(({ disk }) => disk.isRunningSystem))
    return new RescueError('running-system', { path: running.disk.path });
  const member = meant.find(
    ({ disk, volume }) => !disk.isRunningSystem && volume.partOf === undefined && raidTypeOf(volume) !== undefined,
  )?.volume;
  if (member) return new RescueError('raid-member', { selector: member.selector, type: raidTypeOf(member) ?? '' });
  const mounted = meant.find(({ disk, volume }) => !disk.isRunningSystem && volume.isInUse)?.volume;
  if (mounted) {
    const { selector, mountPoints } = mounted;
    return new RescueError('volume-in-use', { selector, mountPoints });
  }
  return new RescueError('no-match', {
    ...(on !== undefined && { selector: on }),
    candidates: systems.map(({ id }) => id),
  });
};

/** The RAID that a volume, or the whole disk with it, is a member of. */
const raidTypeOf = ({ raidMember, filesystem }: Volume): string | undefined =>
  raidMember ?? (isRaidMember(filesystem?.type) ? filesystem?.type : undefined);

const severalSystems = (on: string | undefined, candidates: readonly string[]) =>
  new RescueError('several-match', { ...(on !== undefined && { selector: on }), candidates });

/** An exact spelling wins over a similar one: the system may hold both "Bob" and "bob". */
const accountsCalled = (user: string, { accounts, profile }: InstalledSystem): readonly Account[] => {
  const exact = accounts.filter(({ name }) => isSameSpelling(user, name));
  return exact.length > 0 ? exact : accounts.filter(({ name }) => profile.accounts?.isSameName(user, name));
};

/** Accounts that no list shows are found by nothing but their exact names. */
const othersCalled: typeof accountsCalled = (user, { otherAccounts = [] }) =>
  otherAccounts.filter(({ name }) => isSameSpelling(user, name));

/**
 * The part of a scan that a selector names: one system, or one or more volumes with what is on them.
 * @throws RescueError no-match
 */
export const narrowScan = (scan: Scan, on: string | undefined): Scan => {
  if (on === undefined) return scan;
  const system = scan.systems.find(({ id }) => id === on);
  const isWanted = (volume: Volume) => (system ? volume === system.volume : isSelected(volume, on));
  const disks = scan.disks
    .map((disk) => ({ ...disk, volumes: disk.volumes.filter(isWanted) }))
    .filter(({ volumes }) => volumes.length > 0);
  if (disks.length === 0) {
    const candidates = scan.disks.flatMap(({ volumes }) => volumes.map(({ selector }) => selector));
    throw new RescueError('no-match', { selector: on, candidates });
  }
  return {
    ...scan,
    disks,
    systems: system ? [system] : scan.systems.filter(({ volume }) => isWanted(volume)),
    journals: scan.journals.filter(({ volume }) => isWanted(volume)),
  };
};
