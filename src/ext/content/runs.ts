import { hasFlag, type Inode } from '../inode.ts';
import type { ExtVolume } from '../volume.ts';
import { areRootPointersSound, walkBlockMap } from './block-map.ts';
import { isRootSound, walkExtents } from './extents.ts';
import { isPlaceable } from './placement.ts';
import { lost, type MapWalk, type Run, type Window } from './run.ts';

/** The stretches of a file in order, within a window. Each is either wholly good for reading, or lost. */
export function* runsOf(volume: ExtVolume, inode: Inode, window: Window): Generator<Run> {
  const walk: MapWalk = { volume, inode, window, visited: new Set() };
  const runs = hasFlag(inode, 'extents') ? walkExtents(walk) : walkBlockMap(walk);
  const { blocks, features } = volume.superblock;
  let next = window.from;
  // No more can be in a file than is on the volume, unless blocks are shared.
  let budget = features.sharedBlocks ? Infinity : blocks;
  for (const run of runs) {
    const ordered = clip(run, next, window.until);
    if (ordered.count <= 0) {
      if (run.logical < next && run.logical + run.count > window.from && run.logical >= window.from)
        volume.findings.add({ kind: 'extent-overlap', inode: inode.number });
      continue;
    }
    const isOverlapping = run.logical < next && run.logical >= window.from;
    if (isOverlapping) volume.findings.add({ kind: 'extent-overlap', inode: inode.number });
    const checked = check(volume, inode, isOverlapping ? { ...ordered, isDoubtful: true } : ordered);
    next = checked.logical + checked.count;
    if (checked.kind === 'data') budget -= checked.count;
    if (budget < 0) {
      volume.findings.add({ kind: 'extent-overlap', inode: inode.number });
      yield lost(checked.logical, window.until - checked.logical);
      return;
    }
    yield checked;
  }
}

const clip = (run: Run, from: number, until: number): Run => {
  if (run.logical >= from && run.logical + run.count <= until) return run;
  const skipped = Math.max(0, from - run.logical);
  const logical = run.logical + skipped;
  const count = Math.min(run.logical + run.count, until) - logical;
  return { ...run, logical, count, physical: run.physical + skipped };
};

const check = (volume: ExtVolume, inode: Inode, run: Run): Run =>
  run.kind === 'lost' || isPlaceable(volume, inode, run.physical, run.count) ? run : lost(run.logical, run.count);

/** Whether what an inode itself says of where its content is can be right: of an empty file, too. */
export const isMapSound = (volume: ExtVolume, inode: Inode): boolean => {
  if (hasFlag(inode, 'inline')) return true;
  return hasFlag(inode, 'extents') ? isRootSound(volume, inode) : areRootPointersSound(volume, inode);
};
