import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { manifestName } from '../../formats/checksum-manifest.ts';
import { RescueError } from '../../model/errors.ts';
import { isSystemError, unless } from '../system-error.ts';
import { parentOfRaw, type RawPath } from './raw-path.ts';
import { ownFolder } from './target.ts';

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

/** @throws RescueError target-other-run where the folder holds what was copied from elsewhere */
export const openRecord = async (targetRoot: string, path: string, sourceId: string): Promise<ProgressRecord> => {
  const recordPath = `${targetRoot}/${ownFolder}/progress`;
  const manifestPath = `${targetRoot}/${manifestFile}`;
  const lines = readLines(recordPath);
  const first = await lines.next();
  const header = first.done ? undefined : (JSON.parse(first.value) as Header);
  if (header && header.sourceId !== sourceId)
    throw new RescueError('target-other-run', { path, source: header.sourceId });
  const done = new Set<RawPath>();
  for await (const line of lines) {
    // The last line may be cut off by a power cut.
    const folder = parseFolder(line);
    if (folder !== undefined) done.add(folder);
  }
  const keptLines = await rewrite(manifestPath, (name) => done.has(parentOfRaw(name)));
  const record = await open(recordPath, 'a', 0o600);
  if (header === undefined) await record.appendFile(`${JSON.stringify({ version, sourceId } satisfies Header)}\n`);
  let manifest = await open(manifestPath, 'a', 0o644);
  return {
    isResumed: header !== undefined,
    done,
    append: async (newLines, folders) => {
      await appendFlushed(manifest, newLines.join(''));
      await appendFlushed(record, folders.map((folder) => `${JSON.stringify(folder)}\n`).join(''));
    },
    forget: async (names) => {
      if (names.size === 0) return;
      await manifest.close();
      let index = 0;
      await rewrite(manifestPath, (name) => index++ >= keptLines || !names.has(name));
      manifest = await open(manifestPath, 'a', 0o644);
    },
    [Symbol.asyncDispose]: async () => {
      await record.close();
      await manifest.close();
    },
  };
};

const parseFolder = (line: string): RawPath | undefined => {
  try {
    const folder: unknown = JSON.parse(line);
    return typeof folder === 'string' ? folder : undefined;
  } catch {
    return undefined;
  }
};

async function* readLines(path: string): AsyncGenerator<string> {
  try {
    const input = createReadStream(path, { encoding: 'latin1' });
    yield* createInterface({ input, crlfDelay: 0 });
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
  }
}

/** Keeps the manifest's lines for these names; returns how many. */
const rewrite = async (path: string, isKept: (name: RawPath) => boolean): Promise<number> => {
  const temporary = `${path}.new`;
  let kept = 0;
  {
    await using output = await open(temporary, 'w', 0o644);
    let chunk = '';
    for await (const line of readLines(path)) {
      const name = manifestName(line);
      if (name === undefined || !isKept(name)) continue;
      kept += 1;
      chunk += `${line}\n`;
      if (chunk.length > 65536) {
        await output.write(Buffer.from(chunk, 'latin1'));
        chunk = '';
      }
    }
    await output.write(Buffer.from(chunk, 'latin1'));
    await output.sync();
  }
  await rename(temporary, path);
  return kept;
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
