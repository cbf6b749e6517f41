import { spawnSync } from 'node:child_process';
import { parseSparseMap } from '../../../formats/sparse-map.ts';
import type { ByteRange } from '../../../model/recovery.ts';
import { toolEnvironment } from '../../process/tool-environment.ts';

/** The map stands at the front of what tar writes; a file with more pieces than fit is read from end to end. */
const mapBytes = 4 * 1024 * 1024;

/**
 * Where a sparse file holds data, in order. Node cannot lseek(2) with SEEK_DATA; GNU tar can, and begins an archive of
 * a sparse file with the map of it. The whole file where tar has no map: it holds no holes, too many pieces, or is
 * damaged, so that only reading it tells what can be read.
 * @param path the open file, as a path that another process can use
 */
export const dataRangesOf = (path: string, sizeBytes: number): readonly ByteRange[] => {
  const args = ['--create', '--file=-', '--format=pax', '--sparse', '--hole-detection=seek', '--dereference'];
  // As soon as more than the map has come, tar is ended.
  const { stdout } = spawnSync('tar', [...args, '--absolute-names', '--', path], {
    env: toolEnvironment,
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: mapBytes,
  });
  return parseSparseMap(stdout ?? Buffer.alloc(0), sizeBytes) ?? [{ startBytes: 0, endBytes: sizeBytes }];
};
