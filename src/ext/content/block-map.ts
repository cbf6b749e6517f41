import type { Inode } from '../inode.ts';
import { type ExtVolume, noteBlock, readBlocks } from '../volume.ts';
import { isPlaceable } from './placement.ts';
import { lost, type MapWalk, type Run } from './run.ts';

const directBlocks = 12;
const levels = 3;

/** The blocks of a file as ext2 and ext3 list them (Linux, Documentation/filesystems/ext4/ifork.rst), in runs. */
export function* walkBlockMap(walk: MapWalk): Generator<Run> {
  let run: Run | undefined;
  for (const next of walkPointers(walk)) {
    if (run && isContinued(run, next)) run = { ...run, count: run.count + next.count };
    else {
      if (run) yield run;
      run = next;
    }
  }
  if (run) yield run;
}

/** Whether what the inode itself says of its blocks can be right; the driver believes none of it otherwise. */
export const areRootPointersSound = (volume: ExtVolume, inode: Inode): boolean => {
  for (let at = 0; at < inode.area.length; at += 4) {
    const block = inode.area.readUInt32LE(at);
    if (block !== 0 && !isPlaceable(volume, inode, block, 1)) return false;
  }
  return true;
};

const isContinued = (run: Run, next: Run): boolean =>
  run.kind === next.kind &&
  run.isDoubtful === next.isDoubtful &&
  run.logical + run.count === next.logical &&
  (run.kind === 'lost' || run.physical + run.count === next.physical);

function* walkPointers(walk: MapWalk): Generator<Run> {
  const { inode, volume, window } = walk;
  const perBlock = volume.superblock.blockBytes / 4;
  const isDoubtful = !inode.isChecksumRight || !areRootPointersSound(volume, inode);
  yield* walkList(walk, inode.area.subarray(0, directBlocks * 4), 0, 0, isDoubtful);
  let logical = directBlocks;
  for (let level = 1; level <= levels && logical < window.until; level++) {
    const pointer = inode.area.subarray((directBlocks + level - 1) * 4, (directBlocks + level) * 4);
    yield* walkList(walk, pointer, level, logical, isDoubtful);
    logical += perBlock ** level;
  }
}

/** @param level 0: pointers to data; above: to blocks with pointers of the level below */
function* walkList(walk: MapWalk, pointers: Buffer, level: number, start: number, isDoubtful: boolean): Generator<Run> {
  const { volume, inode, window, visited } = walk;
  const { blockBytes, blocks } = volume.superblock;
  const span = (blockBytes / 4) ** level;
  const first = Math.max(0, Math.floor((window.from - start) / span));
  for (let index = first; index * 4 < pointers.length; index++) {
    const logical = start + index * span;
    if (logical >= window.until) return;
    const block = pointers.readUInt32LE(index * 4);
    if (block === 0) continue;
    if (level === 0) {
      yield { kind: 'data', logical, count: 1, physical: block, isDoubtful };
      continue;
    }
    const kind = block >= blocks ? 'block-outside' : visited.has(block) ? 'extent-loop' : undefined;
    const bytes = kind ? undefined : readBlocks(volume, block, 1);
    visited.add(block);
    if (bytes?.length === blockBytes) yield* walkList(walk, bytes, level - 1, logical, isDoubtful);
    else {
      noteBlock(volume, kind ?? 'unreadable', block, inode.number);
      yield lost(logical, span);
    }
  }
}
