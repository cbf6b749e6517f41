import { isRaidMember } from '../../../formats/blkid.ts';
import type { VolumeGroup } from '../../../formats/lvm-report.ts';
import { isRescueError, type KnownError, RescueError } from '../../../model/errors.ts';
import { attach, type Mode } from './legs.ts';
import { openLuks } from './luks.ts';
import { assertWhole, openGroup, type Physical, piecesOf, readGroups } from './lvm.ts';
import { openArrays } from './md.ts';
import type { Fate, KeyFor, Opened, Piece } from './piece.ts';
import type { Warden } from './warden.ts';

/** What blkid calls a part of something larger, or a locked box. */
export const isStackable = (type: string | undefined): boolean =>
  (isRaidMember(type) && type !== 'mpath_member') || type === 'LVM2_member' || type === 'crypto_LUKS';

export interface Assembling {
  readonly warden: Warden;
  readonly mode: Mode;
  readonly keys: readonly KeyFor[];
  /** What came to light in something that was opened. */
  readonly look: (opened: Opened) => Promise<readonly Piece[]>;
}

/** All that was opened, the lowest first, and what has become of each piece. */
export interface Assembly {
  readonly opened: readonly Opened[];
  readonly fates: ReadonlyMap<Piece, Fate>;
  /** Groups that lack disks, with the pieces of them that are there. */
  readonly gaps: readonly Gap[];
}

/** Something that could not be put together, and what there is of it. */
export interface Gap {
  readonly name: string;
  readonly identity: string;
  readonly pieces: readonly Piece[];
  readonly unopened: KnownError;
}

/**
 * Opens what can be opened, in whatever order it was stacked: as long as something new comes to light, it is looked at in
 * its turn. A group is opened when its last disk has turned up.
 */
export const assemble = async (roots: readonly Piece[], assembling: Assembling): Promise<Assembly> => {
  const opened: Opened[] = [];
  const fates = new Map<Piece, Fate>();
  const groups = createGroups(assembling);
  for (let fresh = roots; fresh.length > 0; ) {
    const found = [
      ...(await openRaids(fresh, assembling, fates)),
      ...(await openBoxes(fresh, assembling, fates)),
      ...(await groups.open(fresh, fates)),
    ];
    opened.push(...found);
    fresh = (await Promise.all(found.map(assembling.look))).flat();
  }
  return { opened, fates, gaps: groups.gaps() };
};

const openRaids = async (
  fresh: readonly Piece[],
  { warden, mode }: Assembling,
  fates: Map<Piece, Fate>,
): Promise<readonly Opened[]> => {
  const pieces = fresh.filter(({ type }) => isRaidMember(type));
  if (pieces.length === 0) return [];
  try {
    const arrays = await openArrays(warden, pieces, mode);
    for (const [piece, fate] of arrays.fates) fates.set(piece, fate);
    return arrays.opened;
  } catch (error) {
    blame(pieces, error, fates);
    return [];
  }
};

const openBoxes = async (
  fresh: readonly Piece[],
  { warden, mode, keys }: Assembling,
  fates: Map<Piece, Fate>,
): Promise<readonly Opened[]> => {
  const opened: Opened[] = [];
  for (const piece of fresh.filter(({ type }) => type === 'crypto_LUKS')) {
    try {
      const box = await openLuks(warden, piece, keys, mode);
      opened.push(box);
      fates.set(piece, { partOf: box.name });
    } catch (error) {
      blame([piece], error, fates);
    }
  }
  return opened;
};

/** What is expected to fail is told of the pieces; the rest of the machine is looked at all the same. */
const blame = (pieces: readonly Piece[], error: unknown, fates: Map<Piece, Fate>): void => {
  if (!isRescueError(error)) throw error;
  for (const piece of pieces) fates.set(piece, { unopened: reasonFor(piece, error) });
};

/** One disk of several stays alone where the tool is missing that would join them. */
const reasonFor = ({ selector, type }: Piece, error: KnownError): KnownError =>
  error.code === 'tool-missing' && isRaidMember(type)
    ? new RescueError('raid-member', { selector, type, tool: error.details.tool }, { cause: error })
    : error;

const createGroups = ({ warden, mode }: Assembling) => {
  const physical: Physical[] = [];
  const done = new Set<string>();
  const gaps = new Map<string, Gap>();

  const open = async (fresh: readonly Piece[], fates: Map<Piece, Fate>): Promise<readonly Opened[]> => {
    const pieces = fresh.filter(({ type }) => type === 'LVM2_member');
    if (pieces.length === 0) return [];
    try {
      for (const piece of pieces) physical.push({ piece, device: await attach(warden, piece, mode) });
      const opened: Opened[] = [];
      for (const group of await readGroups(physical)) {
        const members = piecesOf(group, physical);
        for (const piece of members) fates.set(piece, { partOf: group.name });
        if (!done.has(group.uuid)) opened.push(...(await openOne(group, members)));
      }
      return opened;
    } catch (error) {
      blame(pieces, error, fates);
      return [];
    }
  };

  const openOne = async (group: VolumeGroup, pieces: readonly Piece[]): Promise<readonly Opened[]> => {
    const { name, uuid: identity } = group;
    try {
      assertWhole(group);
      done.add(identity);
      const opened = await openGroup(warden, group, physical);
      gaps.delete(identity);
      return [opened];
    } catch (error) {
      if (!isRescueError(error)) throw error;
      gaps.set(identity, { name, identity, pieces, unopened: error });
      return [];
    }
  };

  return { open, gaps: () => [...gaps.values()] };
};
