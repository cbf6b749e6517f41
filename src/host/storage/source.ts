import type { Stats } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { RescueError } from '../../model/errors.ts';
import type { Source } from '../../model/storage.ts';
import { isSystemError } from '../process/system-error.ts';

/** What a path is: a block device, a raw image, a folder. @throws RescueError source-missing, source-unusable */
export const identify = async (path: string): Promise<Source> => {
  const { real, stats } = await statusOf(path);
  if (stats.isDirectory()) return { kind: 'folder', path };
  if (stats.isBlockDevice()) return { kind: 'device', path: real };
  if (!stats.isFile()) throw new RescueError('source-unusable', { path, kind: kindOf(stats) });
  if (stats.size === 0) throw new RescueError('source-unusable', { path, kind: 'empty' });
  const container = await containerOf(path);
  if (container !== undefined) throw new RescueError('source-unusable', { path, kind: container });
  return { kind: 'image', path };
};

const statusOf = async (path: string) => {
  try {
    const real = await realpath(path);
    return { real, stats: await stat(real) };
  } catch (error) {
    const isMissing = isSystemError(error) && /^(ENOENT|ENOTDIR|ENAMETOOLONG)$/.test(error.code);
    if (isMissing) throw new RescueError('source-missing', { path }, { cause: error });
    throw new RescueError('source-unusable', { path, kind: 'unreadable' }, { cause: error });
  }
};

const kindOf = (stats: Stats): string => {
  if (stats.isFIFO()) return 'fifo';
  return stats.isSocket() ? 'socket' : 'character-device';
};

/** Files that hold a disk image, but not byte for byte, by the bytes they start with. */
const containers: readonly (readonly [kind: string, magic: string])[] = [
  ['gzip', '\x1f\x8b'],
  ['xz', '\xfd7zXZ\0'],
  ['zstd', '\x28\xb5\x2f\xfd'],
  ['bzip2', 'BZh'],
  ['zip', 'PK\x03\x04'],
  ['7z', '7z\xbc\xaf\x27\x1c'],
  ['qcow2', 'QFI\xfb'],
  ['vmdk', 'KDMV'],
  ['vmdk', '# Disk DescriptorFile'],
  ['vhdx', 'vhdxfile'],
  ['vhd', 'conectix'],
  ['vdi', '<<< Oracle VM VirtualBox Disk Image'],
  ['vdi', '<<< Sun VirtualBox Disk Image'],
];

const containerOf = async (path: string): Promise<string | undefined> => {
  try {
    await using handle = await open(path);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    const start = buffer.toString('latin1', 0, bytesRead);
    return containers.find(([, magic]) => start.startsWith(magic))?.[0];
  } catch (error) {
    throw new RescueError('source-unusable', { path, kind: 'unreadable' }, { cause: error });
  }
};
