import type { Volume } from '../model/storage.ts';
import type { InstalledSystem } from '../model/system.ts';
import { type AccountOperation, isIn, type OperationIn, operations } from '../operations/index.ts';
import { accountsFor, findVolume, refOf, systemsOn, undoableOn } from './find.ts';
import { canAsk } from './inputs/index.ts';
import { textOf } from './kit/layout.ts';
import { item, type MenuRow } from './kit/menu.ts';
import { startBackups, startRecovery } from './recovery/start.ts';
import { passphraseScreen } from './screens/passphrase.ts';
import type { State } from './state.ts';
import { opened, type Step, stay } from './step.ts';
import type { VolumeRef } from './volume-ref.ts';
import { titleOfSystem } from './words.ts';

/** A row of a volume's menu, and where it leads; a row that only says something leads nowhere. */
export interface Offer {
  readonly row: MenuRow;
  readonly open?: (state: State) => Step;
}

/** How an operation is offered: for a system, or for the volume as a whole. `canOpen`: whether files can be read there. */
interface Menu {
  readonly ofSystem?: (state: State, system: InstalledSystem, canOpen: boolean) => Offer | undefined;
  readonly ofVolume?: (state: State, ref: VolumeRef, canOpen: boolean) => Offer | undefined;
}

type Offered = OperationIn<'tui'>;

/** First the account, then what the operation asks for. */
const accountMenu = (operation: AccountOperation): Menu => ({
  ofSystem: (state, system) => {
    const { id, profile, volume } = system;
    if (profile[operation.needs] === undefined || !canAsk(operation)) return undefined;
    const count = accountsFor(system, operation).length;
    // The appliance has nobody to let in: its accounts are of another kind.
    if (count === 0 && system.accounts.length > 0) return undefined;
    const { tui, operations: words } = textOf(state);
    const screen = { name: 'accounts', operation, volume: refOf(volume), systemId: id, chosen: undefined } as const;
    return {
      row: item(`${operation.id} ${id}`, words[operation.id].menu, tui.volume.counted(count)),
      open: (here) => stay(opened(here, screen)),
    };
  },
});

const journalMenu: Menu = {
  ofVolume: (state, ref) => {
    const count = undoableOn(state, ref).length;
    if (count === 0) return undefined;
    return {
      row: item('undo', textOf(state).operations.undo.menu, `${count}`),
      open: (here) => stay(opened(here, { name: 'journals', volume: ref, chosen: undefined })),
    };
  },
};

const copyMenus: { readonly [Id in Extract<Offered, { kind: 'copy' }>['id']]: Menu } = {
  recover: {
    ofSystem: (state, { id, profile, volume }, canOpen) => {
      if (!profile.landmarks || !canOpen) return undefined;
      const row = item(`recover ${id}`, textOf(state).operations.recover.menu);
      return { row, open: (here) => startRecovery(here, refOf(volume), id) };
    },
    ofVolume: (state, ref, canOpen) => {
      const isOffered = systemsOn(state, ref).some(({ profile }) => profile.landmarks !== undefined);
      if (!canOpen || isOffered) return undefined;
      const row = item('files', textOf(state).operations.recover.menu);
      return { row, open: (here) => startRecovery(here, ref, undefined) };
    },
  },
  backups: {
    ofSystem: (state, { id, profile, volume }, canOpen) => {
      if (!profile.backups || !canOpen) return undefined;
      const row = item(`backups ${id}`, textOf(state).operations.backups.menu);
      return { row, open: (here) => startBackups(here, refOf(volume), id) };
    },
  },
};

const menuOf = (operation: Offered): Menu => {
  if (operation.kind === 'copy') return copyMenus[operation.id];
  switch (operation.on) {
    case 'account':
      return accountMenu(operation);
    case 'journal':
      return journalMenu;
  }
};

const menus: readonly Menu[] = operations.filter(isIn('tui')).map(menuOf);

/** What can be done on a volume: only what the systems on it offer. */
export const offersOn = (state: State, ref: VolumeRef): readonly Offer[] => {
  const volume = findVolume(state, ref);
  const canOpen = volume !== undefined && canOpenFiles(state, volume);
  const bySystem = systemsOn(state, ref)
    .map((system) => ({ system, offers: menus.flatMap(({ ofSystem }) => ofSystem?.(state, system, canOpen) ?? []) }))
    .filter(({ offers }) => offers.length > 0);
  const gap: Offer = { row: { kind: 'gap' } };
  // With one system the title says it already.
  const ofSystems = bySystem.flatMap(({ system, offers }): readonly Offer[] => {
    const heading: Offer = { row: { kind: 'heading', text: titleOfSystem(system) } };
    return bySystem.length === 1 ? offers : [heading, ...offers, gap];
  });
  return [
    ...unlocking(state, ref, volume),
    ...ofSystems,
    ...menus.flatMap(({ ofVolume }) => ofVolume?.(state, ref, canOpen) ?? []),
  ];
};

/** An encrypted volume has to be opened before anything else can be done with it. */
const unlocking = (state: State, ref: VolumeRef, volume: Volume | undefined): readonly Offer[] => {
  if (volume?.unopened?.code !== 'locked') return [];
  const row = item('unlock', textOf(state).tui.unlock.menu);
  return [{ row, open: (here) => stay(opened(here, passphraseScreen(ref))) }];
};

/** What shows no file system may be one whose beginning is damaged; opening it tries to read it all the same. */
const canOpenFiles = (state: State, volume: Volume): boolean => {
  const isKnown = state.disks.lookable?.includes(volume.id) ?? false;
  return !volume.isInUse && (isKnown || (state.disks.lookable !== undefined && volume.filesystem === undefined));
};

/** Where the chosen row leads; undefined for one that is not in the menu any more, or leads nowhere. */
export const openerOf = (offers: readonly Offer[], chosen: string | undefined): Offer['open'] =>
  offers.find(({ row }) => row.kind === 'item' && row.key === chosen)?.open;
