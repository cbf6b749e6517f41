import type { FileHandle } from 'node:fs/promises';
import { manifestName } from '../../../formats/checksum-manifest.ts';
import { RescueError } from '../../../model/errors.ts';
import { clearLeftovers, clearName, continueIn, createIn, renameIn, temporaryNameOf } from '../../foreign/files.ts';
import type { ForeignFolder } from '../../foreign/folder.ts';
import { readLines } from '../../foreign/lines.ts';
import { unless } from '../../process/system-error.ts';
import { parentOfRaw, type RawPath } from '../../tree/raw-path.ts';
import type { Target } from './target.ts';

/**
 * What a run vouches for, on the target itself: the manifest, and a record of the folders that are done. Both only ever
 * grow, and only by what was flushed to the target before; so after a power cut they say too little, never too much.
 */
export interface ProgressRecord extends AsyncDisposable {
  /** Whether an earlier run left a record here. */
  readonly isResumed: boolean;
  /** Folders of the target in which everything was copied by an earlier run. */
  readonly done: ReadonlySet<RawPath>;
  /** Adds lines, and folders that are done with them; flushed when it returns. */
  append(lines: readonly string[], folders: readonly RawPath[]): Promise<void>;
  /** Takes lines out of the manifest that an earlier run wrote for files which have changed since. */
  forget(names: ReadonlySet<RawPath>): Promise<void>;
}

export const manifestFile = 'sparekey-manifest.sha256';
const version = 1;

interface Header {
  readonly version: number;
  readonly sourceId: string;
}

/** Folders that are remembered as done; the others are compared file by file. */
const foldersRemembered = 1_000_000;
/** A path of a thousand long names, every byte of it escaped. */
const longestLineBytes = 2 ** 20;
const recordLimitBytes = 2 ** 30;
const manifestLimitBytes = 2 ** 36;

const recordName = 'progress';

/**
 * Goes on with what an earlier run left, or begins.
 * @throws RescueError target-other-run where the folder holds what was copied from elsewhere, target-not-ours, stopped
 */
export const openRecord = async (
  { folder, own }: Pick<Target, 'folder' | 'own'>,
  sourceId: string,
  signal: AbortSignal,
): Promise<ProgressRecord> => {
  await using opened = new AsyncDisposableStack();
  const earlier = await continueIn(own, recordName, true);
  const record = opened.use(earlier ?? (await createIn(own, recordName, 0o600, true)));
  const { header, done } = await readRecord(record, `${own.shownAs}/${recordName}`, signal);
  if (header && header.sourceId !== sourceId)
    throw new RescueError('target-other-run', { path: folder.shownAs, source: header.sourceId });
  await clearLeftovers(folder, manifestFile);
  const started = await rewrite(folder, (name) => done.has(parentOfRaw(name)), signal);
  let manifest = started.manifest;
  opened.defer(() => manifest.close());
  // What was not read to its end is not gone on with.
  if (earlier && signal.aborted) throw new RescueError('stopped', { path: folder.shownAs });
  if (header === undefined) await record.appendFile(`${JSON.stringify({ version, sourceId } satisfies Header)}\n`);
  const handles = opened.move();
  return {
    isResumed: header !== undefined,
    done,
    append: async (newLines, folders) => {
      await appendFlushed(manifest, newLines.join(''));
      await appendFlushed(record, folders.map((each) => `${JSON.stringify(each)}\n`).join(''));
    },
    forget: async (names) => {
      if (names.size === 0) return;
      await manifest.close();
      let index = 0;
      ({ manifest } = await rewrite(folder, (name) => index++ >= started.kept || !names.has(name)));
    },
    [Symbol.asyncDispose]: () => handles.disposeAsync(),
  };
};

interface Earlier {
  readonly header: Header | undefined;
  readonly done: ReadonlySet<RawPath>;
}

/** @throws RescueError target-not-ours where it is none of ours */
const readRecord = async (record: FileHandle, path: string, signal: AbortSignal): Promise<Earlier> => {
  const done = new Set<RawPath>();
  let header: Header | undefined;
  try {
    for await (const line of readLines(record, { longestLineBytes, fileBytes: recordLimitBytes, signal })) {
      if (header === undefined) header = parseHeader(line);
      else {
        const folder = parseFolder(line);
        if (folder !== undefined && done.size < foldersRemembered) done.add(folder);
      }
    }
    // Only a power cut at the very beginning leaves a record without a whole line.
    if (header === undefined && !signal.aborted) await record.truncate(0);
    return { header, done };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RescueError('target-not-ours', { path, reason: 'garbled' }, { cause: error });
  }
};

/** @throws RangeError */
const parseHeader = (line: string): Header => {
  const header = parseJsonLine(line);
  if (typeof header === 'object' && header !== null && 'version' in header && 'sourceId' in header) {
    const { sourceId } = header;
    if (header.version === version && typeof sourceId === 'string') return { version, sourceId };
  }
  throw new RangeError('no record of ours');
};

/** The last line may be cut off by a power cut. */
const parseFolder = (line: string): RawPath | undefined => {
  const folder = parseJsonLine(line);
  return typeof folder === 'string' ? folder : undefined;
};

const parseJsonLine = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

/** Kept in memory until it is worth a system call. */
const chunkBytes = 65536;

/** Puts a new manifest in the place of the old, with the old lines for these names; it is open for more. */
const rewrite = async (
  folder: ForeignFolder,
  isKept: (name: RawPath) => boolean,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ readonly manifest: FileHandle; readonly kept: number }> => {
  await using old = await continueIn(folder, manifestFile);
  const temporary = temporaryNameOf(manifestFile);
  const manifest = await createIn(folder, temporary, 0o644, true);
  try {
    let kept = 0;
    let chunk = '';
    const flush = async () => {
      await manifest.appendFile(Buffer.from(chunk, 'latin1'));
      chunk = '';
    };
    for await (const line of old ? readLines(old, { longestLineBytes, fileBytes: manifestLimitBytes, signal }) : []) {
      const name = manifestName(line);
      if (name === undefined || !isKept(name)) continue;
      kept += 1;
      chunk += `${line}\n`;
      if (chunk.length > chunkBytes) await flush();
    }
    await flush();
    await manifest.sync();
    // Stopped, it is not read to its end: the old one stays.
    if (old && signal.aborted) await clearName(folder, temporary);
    else await renameIn(folder, temporary, manifestFile);
    return { manifest, kept };
  } catch (error) {
    await manifest.close();
    await clearName(folder, temporary);
    if (!(error instanceof RangeError)) throw error;
    const path = `${folder.shownAs}/${manifestFile}`;
    throw new RescueError('target-not-ours', { path, reason: 'garbled' }, { cause: error });
  }
};

/** Whole or not at all, as long as the power stays on: a full target must not be left with half a line. */
const appendFlushed = async (file: FileHandle, text: string): Promise<void> => {
  if (text === '') return;
  const { size } = await file.stat();
  try {
    await file.appendFile(Buffer.from(text, 'latin1'));
    await file.sync();
  } catch (error) {
    await file.truncate(size).catch(unless('EIO', 'EROFS', 'ENODEV'));
    throw error;
  }
};
