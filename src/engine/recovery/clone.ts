import type { Recovery } from '../../model/recovery.ts';
import type { Context } from '../context.ts';

/** What an imaging would come to. */
export interface ClonePlan {
  readonly version: 1;
  readonly status: 'planned';
  readonly device: string;
  readonly sizeBytes: number;
  readonly file: string;
  readonly mapFile: string;
  readonly freeBytes: number;
}

/** Looks at both ends, and writes nothing. @throws RescueError source-missing, source-unusable, target-unusable */
export const planClone = async (
  { storage }: Context,
  recovery: Recovery,
  device: string,
  file: string,
): Promise<ClonePlan> => {
  const source = await storage.identify(device);
  const [disk] = await storage.survey([source]);
  // A partition is a volume of its disk; anything else is a disk of its own.
  const sizeBytes = disk?.volumes.find(({ path }) => path === source.path)?.sizeBytes ?? disk?.sizeBytes ?? 0;
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : '.';
  const freeBytes = await recovery.freeBytesAt(folder);
  return { version: 1, status: 'planned', device, sizeBytes, file, mapFile: `${file}.map`, freeBytes };
};
