import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { jobLimitBytes } from '../formats/job-file.ts';
import { RescueError } from '../model/errors.ts';
import type { ByteRange, JobMarks } from '../model/job.ts';
import type { JobMedium } from '../model/job-medium.ts';

/** Room that is kept for each report: what was found on many disks may take some of it. */
const reservedBytes = 128 * 1024;

const reservedName = (name: string): string => `${name}.new`;

/** `sparekey.yaml` becomes `sparekey.done.yaml`. */
const retiredName = (name: string): string => name.replace(/(\.ya?ml)?$/i, (ending) => `.done${ending}`);

/** Called before each step that writes, so that a test can stop the process there. */
export type OnJobStep = (step: 'reserve' | 'report' | 'rename-report' | 'mark' | 'strike' | 'rename-job') => void;

export interface JobFolderOptions {
  readonly onStep?: OnJobStep;
  /** What a person would call the folder; its path, unless told. */
  readonly place?: string;
}

/** The folder of a job file on this computer. */
export const createJobFolder = (path: string, { onStep = () => {}, place }: JobFolderOptions = {}): JobMedium => {
  const folder = dirname(path);
  const attempt = <T>(action: () => Promise<T>) => attemptIn(place ?? folder, action);
  const jobName = basename(path);
  return {
    place: place ?? folder,
    jobName,
    retiredName: retiredName(jobName),
    readJob: () => readJob(path),
    openRecovered: async () => ({ folder, place: place ?? folder, [Symbol.asyncDispose]: async () => {} }),
    reserve: (names) => attempt(() => reserve(folder, names, onStep)),
    writeFiles: (files) => attempt(() => writeFiles(folder, files, onStep)),
    retire: (content, marks) => attempt(() => retire(folder, jobName, content, marks, onStep)),
  };
};

/** One byte more than is accepted, so that the parser sees that there are too many. */
const readJob = async (path: string): Promise<Uint8Array> => {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(jobLimitBytes + 1), 0, jobLimitBytes + 1, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
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
    const code = codeOf(error);
    const reason = { EROFS: 'read-only', EACCES: 'read-only', EPERM: 'read-only', ENOSPC: 'full', EDQUOT: 'full' }[
      code
    ];
    throw new RescueError('medium-unwritable', { path: place, reason: reason ?? code }, { cause: error });
  }
};

const reserve = async (folder: string, names: readonly string[], onStep: OnJobStep): Promise<void> => {
  try {
    await writeReserves(folder, names, onStep);
  } catch (error) {
    for (const name of names) await unlink(join(folder, reservedName(name))).catch(() => {});
    throw error;
  }
};

const writeReserves = async (folder: string, names: readonly string[], onStep: OnJobStep): Promise<void> => {
  for (const name of names) {
    onStep('reserve');
    await using file = await open(join(folder, reservedName(name)), 'w', 0o600);
    // Zeros in earnest: FAT has no holes, and what was written can be written over when the medium is full.
    await file.writeFile(Buffer.alloc(reservedBytes));
    await file.sync();
  }
  await flushFolder(folder);
};

const writeFiles = async (folder: string, files: ReadonlyMap<string, Uint8Array>, onStep: OnJobStep): Promise<void> => {
  for (const [name, content] of files) {
    const temporary = join(folder, reservedName(name));
    onStep('report');
    await fill(temporary, content).catch(async (error) => {
      await unlink(temporary).catch(() => {});
      throw error;
    });
    onStep('rename-report');
    await rename(temporary, join(folder, name));
    await flushFolder(folder);
  }
};

const fill = async (path: string, content: Uint8Array): Promise<void> => {
  await using file = await openOver(path);
  await writeAt(file, content, 0);
  await file.truncate(content.length);
  await file.sync();
};

/** The reserved file, over whose bytes the content goes, or a new one. */
const openOver = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return await open(path, 'wx', 0o600);
  }
};

const retire = async (
  folder: string,
  name: string,
  content: Uint8Array,
  marks: JobMarks,
  onStep: OnJobStep,
): Promise<void> => {
  const path = join(folder, name);
  {
    await using file = await open(path, 'r+');
    if (Buffer.compare(await file.readFile(), content) !== 0) throw new Error('changed');
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
  await rename(path, join(folder, retiredName(name)));
  await flushFolder(folder);
};

const stars = ({ start, end }: ByteRange): Uint8Array => Buffer.alloc(end - start, '*');

const writeAt = async (file: FileHandle, content: Uint8Array, position: number): Promise<void> => {
  for (let written = 0; written < content.length; ) {
    const { bytesWritten } = await file.write(content, written, content.length - written, position + written);
    written += bytesWritten;
  }
};

const flushFolder = async (folder: string): Promise<void> => {
  await using handle = await open(folder);
  await handle.sync();
};
