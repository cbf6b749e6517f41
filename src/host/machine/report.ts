import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const isNewOnly = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;

/** Writes a new file, 0600, among the temporary ones: a crash says nothing about the disks, so nothing of it goes there. */
export const writeReport = async (content: string, nowMs: number, folder = tmpdir()): Promise<string | undefined> => {
  const stamp = new Date(nowMs).toISOString().replace(/\D/g, '').slice(0, 14);
  const path = join(folder, `sparekey-report-${stamp}-${process.pid}.txt`);
  try {
    await using file = await open(path, isNewOnly, 0o600);
    await file.writeFile(content);
    return path;
  } catch {
    return undefined;
  }
};
