import type { FoundDisk, FoundVolume } from '../../disks/identity.ts';
import { isStackable } from './assemble.ts';
import type { Fate, Member, Piece } from './piece.ts';

/** What a member is known by while nothing is plugged in or pulled. */
export const keyOf = ({
  path,
  offsetBytes,
  sizeBytes,
  type,
}: Pick<Member, 'path' | 'offsetBytes' | 'sizeBytes' | 'type'>) => `${type} ${offsetBytes} ${sizeBytes} ${path}`;

/** The parts of larger things on these disks that nobody has open. What the running system stands on is left alone. */
export const membersOf = (disks: readonly FoundDisk[]): readonly Member[] =>
  disks.filter(({ isRunningSystem }) => !isRunningSystem).flatMap(membersOn);

const membersOn = (disk: FoundDisk): readonly Member[] => {
  const whole = wholeOf(disk);
  return whole ? [whole] : disk.volumes.flatMap((volume) => memberIn(disk, volume) ?? []);
};

const wholeOf = ({ path, sizeBytes, wholeMember: type, volumes }: FoundDisk): Member | undefined => {
  if (type === undefined || !isStackable(type)) return undefined;
  const selector = path.replace(/^\/dev\//, '');
  return {
    ...{ kind: 'device', path, offsetBytes: 0, sizeBytes, type, selector, disk: path },
    names: { kind: 'device', path, selector },
    isReadOnly: volumes.every(({ isReadOnly }) => isReadOnly),
  };
};

const memberIn = (disk: FoundDisk, volume: FoundVolume): Member | undefined => {
  const { kind, path, offsetBytes, sizeBytes, selector, isReadOnly, filesystem, isInUse, raidMember } = volume;
  const type = filesystem?.type;
  if (kind === 'folder' || isInUse || raidMember !== undefined || !isStackable(type) || type === undefined)
    return undefined;
  return { kind, path, offsetBytes, sizeBytes, type, selector, names: volume, isReadOnly, disk: disk.path };
};

/** A member, as a piece of what is to be put together. */
export const rootOf = (member: Member): Piece => ({
  ...{ path: member.path, offsetBytes: member.offsetBytes, sizeBytes: member.sizeBytes },
  ...{ type: member.type, selector: member.selector, names: member.names, isDevice: member.kind === 'device' },
  ...{ roots: [member], isRoot: true },
});

/** The same disks, with what has become of the members on them. */
export const markFates = (disks: readonly FoundDisk[], fates: ReadonlyMap<string, Fate>): readonly FoundDisk[] =>
  disks.map((disk) => {
    const whole = wholeOf(disk);
    const shared = whole && fates.get(keyOf(whole));
    const mark = (volume: FoundVolume): FoundVolume => {
      const member = whole ? undefined : memberIn(disk, volume);
      const fate = member ? fates.get(keyOf(member)) : shared;
      return fate ? { ...volume, ...fate } : volume;
    };
    return { ...disk, volumes: disk.volumes.map(mark) };
  });
