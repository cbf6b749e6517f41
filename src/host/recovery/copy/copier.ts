import { closeSync, type Dirent, fstatSync, opendirSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { manifestLine } from '../../../formats/checksum-manifest.ts';
import { createDescent, identityOf } from '../../foreign/descent.ts';
import { makeFolder } from '../../foreign/entries.ts';
import { isSystemError } from '../../process/system-error.ts';
import {
  descriptorPath,
  joinRaw,
  nameOfRaw,
  type OpenFolderPath,
  parentOfRaw,
  type RawPath,
} from '../../tree/raw-path.ts';
import { insideCode, stoppedCode, TargetError, toTarget } from '../target/target-error.ts';
import { targetNameFor } from '../target/target-names.ts';
import type { Bench, Place } from './bench.ts';
import { copyItem, type Opened, openItem } from './copy-file.ts';
import { largeBytes } from './copy-large.ts';
import type { Before, CopierSetup, FileItem, FilesJob, FolderJob, Job, News, Outcome, Plain } from './messages.ts';
import { sharedStateIn } from './shared-state.ts';

/**
 * One copying thread. It works with plain system calls, one after the other, which for small files is several times
 * faster than the event loop; what waits for the disk is the other threads' chance.
 */

/** Files a message: few enough to be shared out evenly, enough to make the message cheap. */
const sliceLength = 64;
/** With this many jobs waiting for a thread, a long folder is copied by the thread that lists it. */
const enoughWaiting = 16;

const port = parentPort;
if (port === null) throw new Error('a copying thread is started by the pool');
const { setup, number } = workerData as { readonly setup: CopierSetup; readonly number: number };
const shared = sharedStateIn(setup.shared);
const source = createDescent(setup.sourceRoot);
const target = createDescent(setup.targetRoot);

const bench: Bench = {
  setup,
  staging: `${setup.stagingRoot}/${number}`,
  small: Buffer.allocUnsafeSlow(largeBytes),
  output: undefined,
  addBytes: shared.addBytes,
  goOn: (path) => {
    if (!shared.pass()) throw new TargetError(stoppedCode, path, undefined);
  },
};

const tell = (news: News): void => port.postMessage(news);

const copyFiles = (job: FilesJob, folders: Pick<Place, 'source' | 'target'>): void => {
  const { takesLinked = !setup.keepsHardLinks, keepsDamaged = false, before, folder, to } = job;
  const place: Place = { ...folders, before, takesLinked, keepsDamaged };
  const outcomes: Outcome[] = [];
  const plain: Plain = { files: 0, bytes: 0, sparseFiles: 0, lines: '', folder, names: '', numbers: [] };
  const opened = job.items.map((item) => openItem(place, item));
  try {
    // In the order of their inodes, which as a rule is that of their places on the disk.
    opened.sort((first, second) => inodeOf(first) - inodeOf(second));
    for (let each = opened.shift(); each; each = opened.shift()) {
      const outcome = copyItem(bench, place, each);
      if (!isPlain(job, outcome)) outcomes.push(outcome);
      else addPlain(plain, outcome);
    }
  } finally {
    for (const each of opened) if ('descriptor' in each) closeSync(each.descriptor);
    tell({ kind: 'outcomes', job: job.id, folder, to, outcomes, plain });
  }
};

const inodeOf = (opened: Opened): number => ('stats' in opened ? Number(opened.stats.ino) : 0);

type PlainOutcome = Extract<Outcome, { kind: 'copied' | 'kept' }> & { readonly digest: string };

/** Nothing to tell of: it was copied, under its own name, and nobody else is waiting for it. */
const isPlain = (job: FilesJob, outcome: Outcome): outcome is PlainOutcome =>
  outcome.kind === 'copied' &&
  outcome.digest !== undefined &&
  outcome.name === outcome.to &&
  job.folder === job.to &&
  job.takesLinked !== true &&
  job.before !== 'trusted';

const addPlain = (plain: Plain, { name, sizeBytes, hasHoles, mode, digest, handles }: PlainOutcome): void => {
  plain.files += 1;
  plain.bytes += sizeBytes;
  if (hasHoles) plain.sparseFiles += 1;
  plain.lines += manifestLine(digest, joinRaw(plain.folder, name));
  if (!handles) return;
  plain.names += plain.numbers.length === 0 ? name : `/${name}`;
  plain.numbers.push(handles.source, handles.target, mode);
};

const runFiles = (job: FilesJob): void =>
  source.within(job.folder, (from) => {
    const descriptor = toTarget(() => target.open(job.to), job.to);
    try {
      copyFiles(job, { source: from, target: descriptorPath(descriptor) });
    } finally {
      closeSync(descriptor);
    }
  });

/** Makes the folder in the target, or finds it there. undefined where something else stands in its place. */
const enterTarget = (job: FolderJob): { readonly descriptor: number; readonly before: Before } | undefined => {
  const parent = job.to === '' ? undefined : makeInTarget(job.to);
  try {
    const descriptor = target.open(job.to);
    return { descriptor, before: parent === 'made' ? 'none' : job.before };
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOTDIR') return undefined;
    throw isSystemError(error) ? new TargetError(error.code, job.to, error) : error;
  }
};

const makeInTarget = (path: RawPath): 'made' | 'there' =>
  toTarget(() => target.within(parentOfRaw(path), (parent) => makeFolder(`${parent}/${nameOfRaw(path)}`, 0o700)), path);

/** Lists a folder, and shares out or copies what is in it as it comes: it may hold a million names. */
const runFolder = (job: FolderJob): void =>
  source.within(job.folder, (from, descriptor) => {
    if (identityOf(descriptor) === setup.targetIdentity) throw new TargetError(insideCode, job.to, undefined);
    const entered = enterTarget(job);
    if (entered === undefined) {
      tell({ kind: 'folder-exists', job: job.id, folder: job.folder });
      return;
    }
    try {
      const names = listFolder(job, from, descriptorPath(entered.descriptor), entered.before);
      const { ino, size, blocks, blksize } = fstatSync(descriptor);
      // The driver goes by the size, and there may be names in what lies behind it (512 bytes each: stat(2)), or in an
      // inode, where it ends at the first bad one.
      if (size > blksize || blocks * 512 > size || blocks === 0)
        tell({ kind: 'listed', job: job.id, folder: job.folder, listed: { inode: ino, names } });
    } finally {
      closeSync(entered.descriptor);
    }
  });

const listFolder = (job: FolderJob, source: OpenFolderPath, target: OpenFolderPath, before: Before): number => {
  const { id, folder, to } = job;
  const taken = new Set<string>();
  let names = 0;
  let files: FileItem[] = [];
  let folders: FileItem[] = [];
  const flushFolders = () => {
    if (folders.length > 0) tell({ kind: 'subfolders', job: id, folder, to, before, items: folders });
    folders = [];
  };
  const flushFiles = (isLast: boolean) => {
    const slice: FilesJob = { kind: 'files', id, folder, to, items: files, before };
    files = [];
    if (isLast || shared.waitingJobs >= enoughWaiting) copyFiles(slice, { source, target });
    else tell({ kind: 'more-files', job: id, files: slice });
  };
  try {
    // `encoding` is not in the types of opendir's entries, but in their names.
    const listing = opendirSync(`${source}/.`, { encoding: 'latin1' as BufferEncoding, bufferSize: 256 });
    try {
      for (let entry: Dirent | null = listing.readSync(); entry !== null; entry = listing.readSync()) {
        bench.goOn(to);
        names += 1;
        const item = itemOf(entry, joinRaw(to, entry.name), taken);
        if (entry.isDirectory()) folders.push(item);
        else files.push(item);
        if (files.length >= sliceLength) flushFiles(false);
        if (folders.length >= sliceLength) flushFolders();
      }
    } finally {
      listing.closeSync();
    }
  } catch (error) {
    if (error instanceof TargetError || !isSystemError(error)) throw error;
    tell({ kind: 'folder-unreadable', job: id, folder, reason: error.code });
  }
  flushFolders();
  if (files.length > 0) flushFiles(true);
  return names;
};

const itemOf = (entry: Dirent, path: RawPath, taken: Set<string>): FileItem => {
  const { name } = entry;
  const isOdd =
    entry.isSymbolicLink() || entry.isFIFO() || entry.isSocket() || entry.isBlockDevice() || entry.isCharacterDevice();
  const odd = isOdd ? { isOdd } : {};
  const to = targetNameFor(name, path, setup.names, taken);
  return to === name ? { name, ...odd } : { name, to, ...odd };
};

const run = (job: Job): void => {
  try {
    if (job.kind === 'files') runFiles(job);
    else runFolder(job);
  } catch (error) {
    if (error instanceof TargetError) tell({ kind: 'target-failed', job: job.id, path: error.path, code: error.code });
    else if (isSystemError(error))
      tell({ kind: 'folder-unreadable', job: job.id, folder: job.folder, reason: error.code });
    else throw error;
  }
  tell({ kind: 'finished', job: job.id });
};

/** What was handed over is the others' now; the folders on the way are closed, so that their disks can be unmounted. */
const end = (): void => {
  source[Symbol.dispose]();
  target[Symbol.dispose]();
  process.exit();
};

port.on('message', (message: Job | 'end') => (message === 'end' ? end() : run(message)));
