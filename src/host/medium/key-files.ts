import { constants } from 'node:fs';
import { open, opendir } from 'node:fs/promises';
import type { KeyFile } from '../../model/station.ts';
import { readStart } from '../foreign/lines.ts';
import { isSystemError } from '../process/system-error.ts';

/** More are not shown; and a folder may hold a million files. */
const filesShown = 20;
const entriesLookedAt = 10_000;

/** More than any public key has, so that what is too large is seen to be. */
const keyFileBytes = 64 * 1024 + 1;

/**
 * The files called `*.pub` in a folder of this machine, by name. Links and what is no plain file are passed over: the folder
 * may be anybody's. Empty where the folder cannot be read.
 */
export const readKeyFilesIn = async (folder: string): Promise<readonly KeyFile[]> => {
  const files: KeyFile[] = [];
  for (const name of (await namesIn(folder)).toSorted().slice(0, filesShown)) {
    const content = await readIfPlain(`${folder}/${name}`);
    if (content !== undefined) files.push({ name, content });
  }
  return files;
};

const namesIn = async (folder: string): Promise<readonly string[]> => {
  const names: string[] = [];
  try {
    let seen = 0;
    for await (const entry of await opendir(folder)) {
      seen += 1;
      if (seen > entriesLookedAt) break;
      if (entry.isFile() && /\.pub$/i.test(entry.name)) names.push(entry.name);
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
  return names;
};

/** undefined for what is not a plain file any more, or cannot be read. */
const readIfPlain = async (path: string): Promise<Uint8Array | undefined> => {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return (await file.stat()).isFile() ? await readStart(file, keyFileBytes) : undefined;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return undefined;
  }
};
