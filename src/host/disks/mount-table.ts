import { readFile } from 'node:fs/promises';
import { type Mount, parseMountinfo } from '../../formats/mountinfo.ts';

/** What is mounted in our own namespace, that is on the machine. */
export const readMounts = async (): Promise<readonly Mount[]> => parseMountinfo(await readFile('/proc/self/mountinfo'));
