import type { TreeSize } from '../../../model/recovery.ts';
import type { TreePath } from '../../../model/tree.ts';
import { joinRaw, type RawPath, rawOf } from '../../tree/raw-path.ts';
import type { Measured } from '../copy/measure.ts';
import type { ExtReader } from './reader.ts';
import type { ExtTree } from './tree.ts';

/** File names kept of those that are too large. */
const namesKept = 100;

/** As measure, from listings alone: holes count, and each name of a file counts once. */
export const measureExt = async (
  reader: ExtReader,
  tree: ExtTree,
  paths: readonly TreePath[],
  onSize: (size: TreeSize) => void,
  signal: AbortSignal,
  largestFileBytes = Infinity,
): Promise<Measured> => {
  const counting = { files: 0, folders: 0, bytes: 0, tooLarge: [] as { path: RawPath; sizeBytes: number }[] };
  const seen = new Set<number>();
  const countFile = (path: RawPath, number: number, sizeBytes: number) => {
    counting.files += 1;
    if (seen.has(number)) return;
    seen.add(number);
    counting.bytes += sizeBytes;
    if (sizeBytes > largestFileBytes && counting.tooLarge.length < namesKept)
      counting.tooLarge.push({ path, sizeBytes });
  };
  const todo: { readonly number: number; readonly path: RawPath }[] = [];
  for (const asked of paths) {
    const place = await tree.locate(asked);
    if (place?.inode.kind === 'directory') todo.push({ number: place.number, path: rawOf(asked) });
    if (place?.inode.kind === 'file') countFile(rawOf(asked), place.number, place.inode.sizeBytes);
  }
  for (let folder = todo.pop(); folder !== undefined && !signal.aborted; folder = todo.pop()) {
    const { number, path } = folder;
    if (seen.has(number)) continue;
    seen.add(number);
    counting.folders += 1;
    await reader.list(number, (entries) => {
      for (const { inode, kind, name, sizeBytes } of entries) {
        if (kind === 'directory') todo.push({ number: inode, path: joinRaw(path, name) });
        if (kind === 'file') countFile(joinRaw(path, name), inode, sizeBytes);
      }
    });
    onSize(counting);
  }
  return counting;
};
