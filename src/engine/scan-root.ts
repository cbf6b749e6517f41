import type { AccountsElsewhere, ElsewhereKind } from '../model/elsewhere.ts';
import { isRescueError } from '../model/errors.ts';
import type { MissingPartReason, Notice } from '../model/plan.ts';
import type { Look, Volume } from '../model/storage.ts';
import type { Detection, InstalledSystem, Piece, Place, SystemProfile } from '../model/system.ts';
import type { Tree, TreePath } from '../model/tree.ts';
import { type FollowedFstab, followFstab, readFstab } from '../systems/fstab-pieces.ts';
import type { Context } from './context.ts';
import { openPieces } from './open-pieces.ts';

/** Where a root was found, and how to get at what else belongs to it. */
export interface RootSurroundings extends Pick<Place, 'siblings' | 'withSibling' | 'volume'> {
  /** Everything that a system's fstab may mean. */
  readonly volumes: readonly Volume[];
  readonly refusalOf: (volume: Volume) => MissingPartReason | undefined;
  readonly lookAt: (volume: Volume) => Promise<Look>;
}

/** Looks for systems in one root, with all that their own fstab adds to it, and adds what is found to `systems`. */
export const scanRoot = async (
  context: Context,
  root: readonly Piece[],
  around: RootSurroundings,
  systems: InstalledSystem[],
  notices: Notice[],
): Promise<void> => {
  const { volume, siblings, withSibling, lookAt } = around;
  await using base = await openPieces(lookAt, root);
  const { pieces, missing } = await openable(await follow(base.tree, root, around), lookAt);
  const all = [...root, ...pieces];
  await using opened = await openPieces(lookAt, all);
  const place: Place = { volume, tree: opened.tree, siblings, withSibling };
  const found = await detectAll(context.profiles, place, notices);
  for (const { profile, detection } of found) {
    notices.push(...(detection.notices ?? []));
    const id = uniqueId(`${profile.id}@${volume.selector}`, systems);
    const isReadOnly = detection.home === '/' && isReadOnlyByNature(root);
    const elsewhere = [...(detection.elsewhere ?? []), ...(isReadOnly ? [underOverlay] : [])];
    notices.push(...elsewhere.map(({ kind, users }) => elsewhereNotice(id, kind, users)));
    const described = elsewhere.length > 0 ? { ...detection, elsewhere } : detection;
    const listed = isReadOnly
      ? { accounts: [] }
      : await listAccounts(context, { profile, detection }, place, id, notices);
    systems.push({
      ...{ id, profile, detection: described, volume, ...listed },
      pieces: [...all, ...(detection.pieces ?? [])],
    });
    if (detection.home === '/') notices.push(...missing.flatMap((part) => missingNotice(id, part)));
  }
};

/** Accounts that nothing can change are none that anybody logs in to: the factory's own, under what was changed since. */
const isReadOnlyByNature = (root: readonly Piece[]): boolean =>
  /^(squashfs|erofs|cramfs|iso9660)$/.test(root[0]?.layers[0]?.volume.filesystem?.type ?? '');

const underOverlay: AccountsElsewhere = { kind: 'overlay', users: [] };

const elsewhereNotice = (system: string, where: ElsewhereKind, users: readonly string[]): Notice => ({
  code: 'accounts-elsewhere',
  details: { system, where, users },
});

const follow = async (tree: Tree, root: readonly Piece[], around: RootSurroundings): Promise<FollowedFstab> => {
  const [layer] = root.find(({ at }) => at === '/')?.layers ?? [];
  const entries = layer ? await readFstab(tree) : [];
  if (layer === undefined || entries.length === 0) return { pieces: [], missing: [] };
  const { volumes, refusalOf, lookAt } = around;
  const defaultFolderOf = async (volume: Volume): Promise<TreePath> => {
    try {
      await using look = await lookAt(volume);
      return (await look.defaultFolder?.()) ?? '/';
    } catch (error) {
      if (isRescueError(error)) return '/'; // that it cannot be opened is said when it is
      throw error;
    }
  };
  return await followFstab(entries, { root: layer, pieces: root, volumes, refusalOf, defaultFolderOf });
};

/** What cannot be opened after all is missing, and the rest is still told. */
const openable = async (
  { pieces, missing }: FollowedFstab,
  lookAt: RootSurroundings['lookAt'],
): Promise<FollowedFstab> => {
  const shut = new Set<Volume>();
  for (const volume of new Set(pieces.flatMap(({ layers }) => layers.map((layer) => layer.volume)))) {
    try {
      await using _look = await lookAt(volume);
    } catch (error) {
      if (!isRescueError(error)) throw error;
      shut.add(volume);
    }
  }
  const isShut = ({ layers }: Piece) => layers.some(({ volume }) => shut.has(volume));
  return {
    pieces: pieces.map((piece) => (isShut(piece) ? { ...piece, layers: [] } : piece)),
    missing: [
      ...missing,
      ...pieces.filter(isShut).map(({ at, layers }) => ({
        ...{ at, source: layers[0]?.volume.selector ?? '' },
        reason: 'unopened' as const,
      })),
    ],
  };
};

/** Of what else is mounted, only these have to do with getting in. */
const neededToGetIn = /^\/(usr|var|home|root)(\/|$)/;

const missingNotice = (system: string, { at, source, reason }: FollowedFstab['missing'][number]): readonly Notice[] =>
  neededToGetIn.test(at) ? [{ code: 'part-missing', details: { system, at, source, reason } }] : [];

interface Detected {
  readonly profile: SystemProfile;
  readonly detection: Detection;
}

const detectAll = async (
  profiles: readonly SystemProfile[],
  place: Place,
  notices: Notice[],
): Promise<readonly Detected[]> => {
  const all: Detected[] = [];
  for (const profile of profiles) {
    try {
      for (const detection of await profile.detect(place)) all.push({ profile, detection });
    } catch (error) {
      const { selector } = place.volume;
      const reason = error instanceof Error ? error.message : String(error);
      notices.push({ code: 'profile-failed', details: { profile: profile.id, selector, reason } });
    }
  }
  const isReplaced = ({ profile, detection }: Detected) =>
    all.some((other) => other.profile.supersedes?.includes(profile.id) && other.detection.home === detection.home);
  return all.filter((each) => !isReplaced(each));
};

const listAccounts = async (
  { now }: Context,
  { profile, detection }: Detected,
  { tree, volume }: Pick<Place, 'tree' | 'volume'>,
  system: string,
  notices: Notice[],
): Promise<Pick<InstalledSystem, 'accounts' | 'otherAccounts'>> => {
  const where = [tree, detection.home, now(), volume.filesystem?.writtenAtMs] as const;
  try {
    const accounts = (await profile.accounts?.list(...where)) ?? [];
    const others = (await profile.accounts?.listOthers?.(...where)) ?? [];
    const byKey = (await profile.keys?.listOthers?.(tree, detection.home)) ?? [];
    return { accounts, otherAccounts: [...others, ...byKey] };
  } catch (error) {
    notices.push({ code: 'accounts-failed', details: { system, error } });
    return { accounts: [] };
  }
};

const uniqueId = (id: string, taken: readonly InstalledSystem[]): string => {
  const namesakes = taken.filter((system) => system.id === id || system.id.startsWith(`${id}#`)).length;
  return namesakes === 0 ? id : `${id}#${namesakes + 1}`;
};
