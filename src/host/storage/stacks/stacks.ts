import { RescueError } from '../../../model/errors.ts';
import type { Storage, Volume } from '../../../model/storage.ts';
import type { FoundDisk } from '../../disks/identity.ts';
import { run } from '../../process/commands.ts';
import { once } from '../../process/shared.ts';
import { type Assembly, assemble } from './assemble.ts';
import { type Contents, disksOf, examine } from './contents.ts';
import type { Mode } from './legs.ts';
import { keyOf, markFates, membersOf, rootOf } from './members.ts';
import type { Fate, KeyFor, Member, Opened } from './piece.ts';
import { startWarden, type Warden } from './warden.ts';

/** RAIDs, volume groups and encrypted volumes, put together for as long as they are looked at. */
export interface Stacks extends AsyncDisposable {
  /**
   * The same disks, and those that stand on several of them or inside of an encrypted one, put together so that no byte of
   * them changes. They stay so until the next call finds other members.
   * @param findOthers the disks of the whole machine, where only some of them were asked for
   */
  complete(
    found: readonly FoundDisk[],
    findOthers?: () => Promise<readonly FoundDisk[]>,
  ): Promise<readonly FoundDisk[]>;
  /** Keys that encrypted volumes are tried with from now on. */
  readonly addKeys: Storage['addKeys'];
  /** Whether a volume stands on something that was put together here. */
  holds(volume: Volume): boolean;
  /** What a volume lies on in the end: itself, where it stands on nothing that was put together here. */
  rootsOf(volume: Volume): readonly Pick<Volume, 'kind' | 'path'>[];
  /**
   * Puts together for writing what a volume stands on; meanwhile nothing else can be looked at that was put together.
   * @param assertFree is asked of each of its members first
   * @returns where the volume is meanwhile
   * @throws RescueError source-missing, what `assertFree` throws, what mdadm, lvm and cryptsetup have to say
   */
  forWriting(
    volume: Volume,
    assertFree: (member: Member) => Promise<void>,
  ): Promise<{ readonly volume: Volume } & AsyncDisposable>;
}

/** What is put together at the moment. */
interface Session {
  readonly warden: Warden;
  readonly members: readonly Member[];
  readonly assembly: Assembly;
  readonly contents: ReadonlyMap<Opened, Contents>;
}

export const createStacks = (): Stacks => {
  const keys: KeyFor[] = [];
  let current: Session | undefined;
  let known = '';
  let turn: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  /** One after the other: what one puts together, another would take for somebody else's. */
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const mine = turn.then(action);
    turn = mine.catch(() => {});
    return mine;
  };

  const close = async () => {
    const ending = current;
    current = undefined;
    known = '';
    await ending?.warden.end();
  };

  const open = async (members: readonly Member[]): Promise<void> => {
    if (isClosed) return;
    current = await openSession(members, keys, 'look');
    known = fingerprint(members, keys);
  };

  const complete: Stacks['complete'] = async (found, findOthers) => {
    const asked = membersOf(found);
    const members = asked.length > 0 && findOthers ? together(asked, membersOf(await findOthers())) : asked;
    if (fingerprint(members, keys) !== known) {
      await close();
      if (members.length > 0) await open(members);
    }
    if (current === undefined) return found;
    const { assembly, contents } = current;
    const fates = new Map<string, Fate>();
    for (const [piece, fate] of assembly.fates) if (piece.isRoot) fates.set(keyOf(piece), fate);
    const isAsked = ({ standsOn }: FoundDisk) =>
      findOthers === undefined || standsOn?.some((path) => found.some((disk) => disk.path === path));
    return [...disksOf(assembly, contents).filter(isAsked), ...markFates(found, fates)];
  };

  const forWriting: Stacks['forWriting'] = async (volume, assertFree) => {
    const former = current;
    const place = placeOf(former, volume);
    if (place === undefined || former === undefined) throw new RescueError('source-missing', { path: volume.path });
    await using undone = new AsyncDisposableStack();
    undone.defer(() => open(former.members));
    await close();
    for (const member of place.roots) {
      await assertFree(member);
      await forget(member);
    }
    const session = await openSession(place.roots, keys, 'write');
    undone.defer(() => session.warden.end());
    const opened = session.assembly.opened.find(({ identity }) => identity === place.opened.identity);
    const part = opened?.parts.find(({ identity }) => identity === place.identity);
    if (part === undefined) throw reasonOf(session) ?? new RescueError('source-missing', { path: volume.path });
    const giveBack = undone.move();
    return {
      volume: { ...volume, path: part.path },
      [Symbol.asyncDispose]: once(() => inTurn(() => giveBack[Symbol.asyncDispose]())),
    };
  };

  return {
    complete: (found, findOthers) => inTurn(() => complete(found, findOthers)),
    addKeys: (more, isMeant = () => true) => void keys.push(...more.map((key) => ({ key, isMeant }))),
    holds: (volume) => placeOf(current, volume) !== undefined,
    rootsOf: (volume) => placeOf(current, volume)?.roots ?? [volume],
    forWriting: (volume, assertFree) => inTurn(() => forWriting(volume, assertFree)),
    [Symbol.asyncDispose]: once(async () => {
      isClosed = true;
      await close();
    }),
  };
};

const fingerprint = (members: readonly Member[], keys: readonly KeyFor[]): string =>
  [...members.map(keyOf), members.length > 0 ? keys.length : ''].join('\n');

const openSession = async (members: readonly Member[], keys: readonly KeyFor[], mode: Mode): Promise<Session> => {
  const warden = await startWarden();
  try {
    const contents = new Map<Opened, Contents>();
    const look = async (opened: Opened) => {
      const found = await examine(opened);
      contents.set(opened, found);
      return found.all.flatMap(({ piece }) => piece ?? []);
    };
    const assembly = await assemble(members.map(rootOf), { warden, mode, keys, look });
    return { warden, members, assembly, contents };
  } catch (error) {
    await warden.end();
    throw error;
  }
};

/** What was read of it before is not what stands there after a write that went past its cache (blockdev(8), --flushbufs). */
const forget = async ({ kind, path }: Member): Promise<void> => {
  if (kind === 'device') await run('blockdev', ['--flushbufs', path]);
};

/** Each once. */
const together = (some: readonly Member[], all: readonly Member[]): readonly Member[] => [
  ...new Map([...all, ...some].map((member) => [keyOf(member), member])).values(),
];

/** Where a volume stands in what is put together. */
const placeOf = (session: Session | undefined, { path }: Volume) => {
  for (const opened of session?.assembly.opened ?? []) {
    const part = opened.parts.find((each) => each.path === path);
    const roots = [...new Set(opened.pieces.flatMap((piece) => piece.roots))];
    if (part) return { opened, identity: part.identity, roots };
  }
  return undefined;
};

/** Why not all of it was opened for writing. */
const reasonOf = ({ assembly }: Session) => {
  const fates = [...assembly.fates.values()].flatMap((fate) => ('unopened' in fate ? fate.unopened : []));
  return [...assembly.gaps.map(({ unopened }) => unopened), ...fates][0];
};
