import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createStorage } from '../../src/host/storage/storage.ts';
import { createSparse } from './disk-image.ts';
import { run } from './tools.ts';

/** A folder of a test file's own, removed after its tests; to be called at the top of the file. @returns its paths */
export const scratchFolder = (name: string): ((path: string) => string) => {
  const folder = mkdtempSync(join(tmpdir(), `sparekey-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (path) => join(folder, path);
};

/** The same with a storage, which leaves nothing mounted in it. */
export const scratchStorage = (name: string) => {
  const at = scratchFolder(name);
  const storage = createStorage();
  // Hooks run last first: what is mounted goes before the folder.
  afterAll(() => storage[Symbol.asyncDispose]());
  return { storage, at };
};

/** An empty disk image with a partition table, as sfdisk(8) writes it from its script. */
export const createPartitioned = (path: string, sizeMebibytes: number, script: string): string => {
  createSparse(path, sizeMebibytes);
  run('sfdisk', ['--quiet', path], script);
  return path;
};
