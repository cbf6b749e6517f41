import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { RescueError } from '../../model/errors.ts';
import type { JobBytes, JobMarks } from '../../model/job.ts';
import { type JobMedium, jobLimitBytes } from '../../model/job-medium.ts';
import {
  assertNoFolder,
  clearLeftovers,
  clearName,
  continueIn,
  createIn,
  entryIn,
  isPlainFileIn,
  renameIn,
  statusIn,
  temporaryNameOf,
} from '../foreign/files.ts';
import { type ForeignFolder, openFolderAround } from '../foreign/folder.ts';
import { readStart } from '../foreign/lines.ts';

/** Room that is kept for each report: what was found on many disks may take some of it. */
const reservedBytes = 128 * 1024;

/** `sparekey.yaml` becomes `sparekey.done.yaml`. */
const retiredName = (name: string): string => name.replace(/(\.ya?ml)?$/i, (ending) => `.done${ending}`);

/** Called before each step that writes, so that a test can stop the process there. */
export type OnJobStep = (step: 'reserve' | 'report' | 'rename-report' | 'mark' | 'strike' | 'rename-job') => void;

export interface JobFolderOptions {
  readonly onStep?: OnJobStep;
  /** What a person would call the folder; its path, unless told. */
  readonly place?: string;
}

/**
 * The folder of a job file on this computer. It is opened with the first thing that is done in it, and is that folder
 * from then on, whatever comes to stand under its name.
 */
export const createJobFolder = (path: string, options: JobFolderOptions = {}): JobMedium => {
  let opened: ReturnType<typeof openFolderAround> | undefined;
  return createMedium(path, options, async (action) => {
    opened ??= openFolderAround(path);
    const { folder } = await opened;
    return await action(folder);
  });
};

/** The same for a folder of a medium that is mounted for each of these alone. */
export const createMountedJobFolder = (path: string, options: JobFolderOptions = {}): JobMedium =>
  createMedium(path, options, async (action) => {
    const { folder } = await openFolderAround(path);
    await using _opened = folder;
    return await action(folder);
  });

type WithFolder = <T>(action: (folder: ForeignFolder) => Promise<T>) => Promise<T>;

const createMedium = (path: string, { onStep = () => {}, place }: JobFolderOptions, within: WithFolder): JobMedium => {
  const shownFolder = place ?? dirname(path);
  const attempt = <T>(action: (folder: ForeignFolder) => Promise<T>) => attemptIn(shownFolder, () => within(action));
  const jobName = basename(path);
  /** Which file has the room that was made for a report. */
  const reserves = new Map<string, string>();
  return {
    place: shownFolder,
    jobName,
    retiredName: retiredName(jobName),
    readJob: () => readJob(path, jobName, within),
    readBeside: (name) => readBeside(`${shownFolder}/${name}`, name, within),
    openRecovered: async () => {
      const folder = await within(async (opened) => opened.path);
      return { folder, place: shownFolder, [Symbol.asyncDispose]: async () => {} };
    },
    reserve: (names) => attempt((folder) => reserve(folder, names, reserves, onStep)),
    writeFiles: (files) => attempt((folder) => writeFiles(folder, files, reserves, onStep)),
    retire: (content, marks) => attempt((folder) => retire(folder, path, content, marks, onStep)),
  };
};

/** One byte more than is accepted, so that the parser sees that there are too many. */
const readPlainFile = async (folder: ForeignFolder, name: string): Promise<Uint8Array> => {
  await using file = await open(
    entryIn(folder, name),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  );
  return await readStart(file, jobLimitBytes + 1);
};

const readBeside = async (path: string, name: string, within: WithFolder): Promise<Uint8Array> => {
  try {
    return await within(async (folder) => {
      // The name comes out of the job file: it names nothing outside of the folder, and no FIFO that never ends.
      if (name.includes('/')) throw new RescueError('key-file', { path, reason: 'ENOENT' });
      if ((await statusIn(folder, name)) && !(await isPlainFileIn(folder, name)))
        throw new RescueError('key-file', { path, reason: 'not-a-file' });
      return await readPlainFile(folder, name);
    });
  } catch (error) {
    if (error instanceof RescueError) throw error;
    throw new RescueError('key-file', { path, reason: codeOf(error) }, { cause: error });
  }
};

const readJob = async (path: string, name: string, within: WithFolder): Promise<Uint8Array> => {
  try {
    return await within(async (folder) => {
      if ((await statusIn(folder, name)) && !(await isPlainFileIn(folder, name)))
        throw new RescueError('job-not-a-file', { path });
      return await readPlainFile(folder, name);
    });
  } catch (error) {
    if (error instanceof RescueError) throw error;
    throw new RescueError('job-unreadable', { path, reason: codeOf(error) }, { cause: error });
  }
};

const codeOf = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);

/** Says in our words why nothing can be written. */
const attemptIn = async <T>(place: string, action: () => Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    if (error instanceof RescueError) throw error;
    const code = codeOf(error);
    const reason = { EROFS: 'read-only', EACCES: 'read-only', EPERM: 'read-only', ENOSPC: 'full', EDQUOT: 'full' }[
      code
    ];
    throw new RescueError('medium-unwritable', { path: place, reason: reason ?? code }, { cause: error });
  }
};

const reserve = async (
  folder: ForeignFolder,
  names: readonly string[],
  reserves: Map<string, string>,
  onStep: OnJobStep,
): Promise<void> => {
  try {
    for (const name of names) {
      onStep('reserve');
      // Told now, while nothing is changed.
      await assertNoFolder(folder, name);
      await clearLeftovers(folder, name);
      const temporary = temporaryNameOf(name);
      await using file = await createIn(folder, temporary, 0o600);
      reserves.set(name, temporary);
      // Zeros in earnest: FAT has no holes, and what was written can be written over when the medium is full.
      await file.writeFile(Buffer.alloc(reservedBytes));
      await file.sync();
    }
    await folder.handle.sync();
  } catch (error) {
    for (const temporary of reserves.values()) await clearName(folder, temporary).catch(() => {});
    reserves.clear();
    throw error;
  }
};

const writeFiles = async (
  folder: ForeignFolder,
  files: ReadonlyMap<string, Uint8Array>,
  reserves: Map<string, string>,
  onStep: OnJobStep,
): Promise<void> => {
  for (const [name, content] of files) {
    const temporary = reserves.get(name) ?? temporaryNameOf(name);
    reserves.delete(name);
    onStep('report');
    await fill(folder, temporary, content).catch(async (error) => {
      await clearName(folder, temporary).catch(() => {});
      throw error;
    });
    onStep('rename-report');
    await renameIn(folder, temporary, name);
    await folder.handle.sync();
  }
};

/** Over the bytes of the reserved file, or into a new one. */
const fill = async (folder: ForeignFolder, name: string, content: Uint8Array): Promise<void> => {
  await using file = (await continueIn(folder, name)) ?? (await createIn(folder, name, 0o600));
  await writeAt(file, content, 0);
  await file.truncate(content.length);
  await file.sync();
};

const retire = async (
  folder: ForeignFolder,
  path: string,
  content: Uint8Array,
  marks: JobMarks,
  onStep: OnJobStep,
): Promise<void> => {
  const name = basename(path);
  if (!(await isPlainFileIn(folder, name))) throw new RescueError('job-not-a-file', { path });
  {
    await using file = await continueIn(folder, name);
    if (file === undefined || Buffer.compare(await readStart(file, content.length + 1), content) !== 0)
      throw new Error('changed');
    onStep('mark');
    // One byte cannot be written by half: from here on the job has been run, whatever happens to the rest.
    await writeAt(file, Buffer.from('0'), marks.version.start);
    await file.sync();
    for (const { start, end } of marks.secrets) {
      onStep('strike');
      await writeAt(file, stars({ start, end }), start);
    }
    await file.sync();
  }
  onStep('rename-job');
  await renameIn(folder, name, retiredName(name));
  await folder.handle.sync();
};

const stars = ({ start, end }: JobBytes): Uint8Array => Buffer.alloc(end - start, '*');

const writeAt = async (file: FileHandle, content: Uint8Array, position: number): Promise<void> => {
  for (let written = 0; written < content.length; ) {
    const { bytesWritten } = await file.write(content, written, content.length - written, position + written);
    written += bytesWritten;
  }
};
