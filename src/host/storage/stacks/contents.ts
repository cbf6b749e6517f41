import { mapLimited } from '../../../model/map-limited.ts';
import type { FoundDisk, FoundVolume } from '../../disks/identity.ts';
import { listPartitions } from '../../disks/partitions.ts';
import { flawsOf, type Probe, probe, type Range } from '../../disks/probe.ts';
import { namesOf, probesAtOnce, tableOf } from '../../disks/survey-images.ts';
import { type Assembly, type Gap, isStackable } from './assemble.ts';
import type { Fate, Opened, OpenedPart, Piece } from './piece.ts';

/** A volume on something that was opened; as a piece, where it is a part of something larger in its turn. */
export interface Content {
  readonly volume: FoundVolume;
  readonly piece?: Piece;
}

/** What came to light in something that was opened. */
export interface Contents {
  readonly table?: string;
  readonly all: readonly Content[];
}

/** Looks what stands on something that was opened, from tables and superblocks alone. */
export const examine = async (opened: Opened): Promise<Contents> => {
  const [only] = opened.parts;
  if (opened.parts.length === 1 && only?.mayHoldPartitions) return await examineBox(opened, only);
  const all = await mapLimited(opened.parts, probesAtOnce, async (part) =>
    contentOf(opened, part, await probe(rangeOf(part))),
  );
  return { all };
};

const rangeOf = ({ path, sizeBytes }: OpenedPart): Range => ({ path, offsetBytes: 0, sizeBytes });

const examineBox = async (opened: Opened, part: OpenedPart): Promise<Contents> => {
  const whole = await probe(rangeOf(part));
  const { tableType } = whole.found;
  const partitions = tableType === undefined ? [] : (await listPartitions(part.path, part.sizeBytes)).partitions;
  if (partitions.length === 0) return { all: [contentOf(opened, part, whole)] };
  const all = await mapLimited(partitions, probesAtOnce, async (partition) => {
    const { number, offsetBytes, sizeBytes } = partition;
    const selector = `${part.selector}${/\d$/.test(part.selector) ? 'p' : ''}${number}`;
    const range = { path: part.path, offsetBytes, sizeBytes };
    const content = contentOf(opened, { ...part, selector, sizeBytes }, await probe(range), offsetBytes);
    return { ...content, volume: { ...content.volume, ...namesOf(partition) } };
  });
  return { table: tableOf(tableType), all };
};

const contentOf = (opened: Opened, part: OpenedPart, probed: Probe, offsetBytes = 0): Content => {
  const { path, selector, sizeBytes, identity, snapshotOf } = part;
  const roots = [...new Set(opened.pieces.flatMap((piece) => piece.roots))];
  const volume: FoundVolume = {
    ...{ kind: 'device', path, selector, offsetBytes, sizeBytes },
    ...(identity !== undefined && { identity }),
    ...(probed.filesystem && { filesystem: probed.filesystem }),
    ...(snapshotOf !== undefined && { snapshotOf }),
    ...flawsOf(probed),
    ...{ isInUse: false, mountPoints: [], isHibernated: probed.isHibernated },
    isReadOnly: roots.some(({ isReadOnly }) => isReadOnly),
  };
  const { type } = probed.filesystem ?? {};
  if (type === undefined || !isStackable(type)) return { volume };
  const range = { path, offsetBytes, sizeBytes };
  return { volume, piece: { ...range, type, selector, names: volume, isDevice: true, roots, isRoot: false } };
};

/** What was opened, and what could not be, as disks of their own. */
export const disksOf = (
  { opened, gaps, fates }: Assembly,
  contents: ReadonlyMap<Opened, Contents>,
): readonly FoundDisk[] => [
  ...opened.map((each) => openedDisk(each, contents.get(each) ?? { all: [] }, fates)),
  ...gaps.map(gapDisk),
];

const openedDisk = (opened: Opened, { table, all }: Contents, fates: ReadonlyMap<Piece, Fate>): FoundDisk => ({
  ...{ identity: opened.identity, path: opened.path, sizeBytes: opened.sizeBytes, transport: opened.kind },
  ...{ isRemovable: false, isRunningSystem: false, standsOn: bottomsOf(opened.pieces) },
  ...(opened.degraded && { degraded: opened.degraded }),
  ...(table !== undefined && { table }),
  volumes: all.map(({ volume, piece }) => ({ ...volume, ...(piece && fates.get(piece)) })),
});

const gapDisk = ({ name, identity, pieces, unopened }: Gap): FoundDisk => ({
  ...{ identity, path: name, sizeBytes: pieces.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) },
  ...{ isRemovable: false, isRunningSystem: false, standsOn: bottomsOf(pieces), unopened, volumes: [] },
});

const bottomsOf = (pieces: readonly Piece[]): readonly string[] => [
  ...new Set(pieces.flatMap(({ roots }) => roots.map(({ disk }) => disk))),
];
