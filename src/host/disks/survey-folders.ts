import { access, constants, statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FoundDisk } from './identity.ts';
import { isRunningRoot } from './running-system.ts';

/** A folder in which a system is mounted already: a disk with one volume. */
export const surveyFolder = async (source: string): Promise<FoundDisk> => {
  const path = resolve(source);
  const [{ bsize, blocks }, isRunningSystem, isReadOnly] = await Promise.all([
    statfs(path),
    isRunningRoot(path),
    access(path, constants.W_OK).then(
      () => false,
      () => true,
    ),
  ]);
  const sizeBytes = bsize * blocks;
  return {
    identity: path,
    path,
    sizeBytes,
    transport: 'file',
    isRemovable: false,
    isRunningSystem,
    volumes: [
      {
        kind: 'folder',
        path,
        selector: source,
        offsetBytes: 0,
        sizeBytes,
        isInUse: false,
        mountPoints: [],
        isReadOnly,
        isHibernated: false,
      },
    ],
  };
};
