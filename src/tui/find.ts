import { isUndone, type JournalRecord } from '../engine/journal.ts';
import type { Target } from '../engine/select.ts';
import type { Account } from '../model/account.ts';
import type { Volume } from '../model/storage.ts';
import type { InstalledSystem } from '../model/system.ts';
import type { AccountOperation } from '../operations/index.ts';
import type { AccountRef, State } from './state.ts';
import type { VolumeRef } from './volume-ref.ts';

/*
 * Screens remember names, and look up here what stands behind them now: disks come and go while somebody reads. What
 * is not found any more is undefined, and another disk under the same kernel name is not taken for it.
 */

export const refOf = ({ id, selector }: Volume): VolumeRef => ({ id, selector });

export const isRefOf = (ref: VolumeRef, { id, selector }: Volume): boolean =>
  id === ref.id && selector === ref.selector;

export const isSameRef = (one: VolumeRef, other: VolumeRef): boolean =>
  one.id === other.id && one.selector === other.selector;

export const volumesOf = ({ disks }: State): readonly Volume[] => disks.scan.disks.flatMap(({ volumes }) => volumes);

export const findVolume = (state: State, ref: VolumeRef): Volume | undefined =>
  volumesOf(state).find((volume) => isRefOf(ref, volume));

export const systemsOn = ({ disks }: State, ref: VolumeRef): readonly InstalledSystem[] =>
  disks.scan.systems.filter(({ volume }) => isRefOf(ref, volume));

export const findSystem = (state: State, ref: VolumeRef, systemId: string): InstalledSystem | undefined =>
  systemsOn(state, ref).find(({ id }) => id === systemId);

/** Whom an operation can be for: where keys open accounts of their own, those. */
export const accountsFor = (
  { profile, accounts, otherAccounts = [] }: InstalledSystem,
  { needs }: AccountOperation,
): readonly Account[] => (needs === 'keys' && profile.keys?.listOthers ? otherAccounts : accounts);

/** The account as it is found now: it may have been changed meanwhile. */
export const findTarget = (state: State, { volume, systemId, account }: AccountRef): Target | undefined => {
  const system = findSystem(state, volume, systemId);
  const all = [...(system?.accounts ?? []), ...(system?.otherAccounts ?? [])];
  const present = all.find(({ name, realm }) => name === account.name && realm === account.realm);
  return system && present && { system, account: present };
};

/**
 * Changes on a volume that can be undone, newest first. An undoing is one of them, as long as it is that of a change: the
 * undoing of an undoing brings back what can be undone anyway.
 */
export const undoableOn = ({ disks: { scan } }: State, ref: VolumeRef): readonly JournalRecord[] => {
  const here = scan.journals.filter(({ volume }) => isRefOf(ref, volume));
  return here.filter(
    ({ manifest }) => !isUndone(manifest, here) && !(manifest.purpose.task === 'undo' && !undoneBy(manifest, here)),
  );
};

/** The change that a run put back; undefined where it did something else. */
export const undoneBy = (
  { purpose, state }: JournalRecord['manifest'],
  journals: readonly JournalRecord[],
): JournalRecord | undefined => {
  if (purpose.task !== 'undo' || state !== 'done') return undefined;
  return journals.find(({ manifest }) => manifest.id === purpose.journal && manifest.purpose.task !== 'undo');
};
