import { spawn } from 'node:child_process';
import { type FileHandle, readFile, readlink, stat } from 'node:fs/promises';
import { badRangesOf, parseRescueMap, rescuedBytesOf } from '../../formats/ddrescue-map.ts';
import { RescueError } from '../../model/errors.ts';
import type { CloneProgress, CloneSummary, Recovery } from '../../model/recovery.ts';
import { formatDevice } from '../disks/running-system.ts';
import { clearName, continueIn, createIn, entryIn, isPlainFileIn, statusIn } from '../foreign/files.ts';
import { openFolderAround } from '../foreign/folder.ts';
import { readLines, readStart } from '../foreign/lines.ts';
import { endWithUs } from '../process/running-tools.ts';
import { isSystemError } from '../process/system-error.ts';
import { toolEnvironment } from '../process/tool-environment.ts';
import { unusable } from './target/target.ts';

/**
 * Images a device through GNU ddrescue: all that reads well first, then the edges of what does not, each bad place
 * tried again three times. The map beside the image makes it resumable and is ddrescue's own. (ddrescue(1))
 * Both are handed over open, since ddrescue would follow whatever stands under their names.
 * @throws RescueError stopped, beside what the port says
 */
export const cloneDevice: Recovery['clone'] = async (device, file, onProgress, signal) => {
  const startedMs = performance.now();
  const totalBytes = await sizeOf(device);
  await using target = await openCloneTarget(file);
  const report = async (): Promise<CloneSummary> => {
    const map = parseRescueMap((await readStart(target.map, mapLimitBytes)).toString('latin1'));
    const badRanges = badRangesOf(map);
    const badBytes = badRanges.reduce((sum, { startBytes, endBytes }) => sum + endBytes - startBytes, 0);
    return {
      mapFile: target.mapFile,
      badRanges,
      badBytes,
      rescuedBytes: rescuedBytesOf(map),
      totalBytes,
      elapsedMs: performance.now() - startedMs,
    };
  };
  const ticker = setInterval(() => void report().then((progress: CloneProgress) => onProgress(progress)), 1000);
  const files = [target.image.fd, target.map.fd] as const;
  try {
    const args = ['--sparse', '--retry-passes=3', '--mapfile-interval=1', device];
    await runRescue(['--idirect', ...args], files, signal).catch(async (error) => {
      // Direct reading, which does not trust the kernel's cache, is not for every file system.
      if (signal?.aborted || !/direct/i.test(String(error.details?.output))) throw error;
      await runRescue(args, files, signal);
    });
  } catch (error) {
    throw signal?.aborted ? new RescueError('stopped', { path: file }, { cause: error }) : error;
  } finally {
    clearInterval(ticker);
  }
  if (signal?.aborted) throw new RescueError('stopped', { path: file });
  const summary = await report();
  onProgress(summary);
  return summary;
};

/** A map has a line for every run of good or bad sectors: this is a million of them. */
const mapLimitBytes = 64 * 2 ** 20;

/** An image and its map, open for ddrescue. */
interface CloneTarget extends AsyncDisposable {
  readonly image: FileHandle;
  readonly map: FileHandle;
  readonly mapFile: string;
}

/**
 * Goes on with an image that has a map, or makes both. A file without a map is somebody else's.
 * @throws RescueError target-exists, target-is-link, target-not-ours, target-unusable
 */
const openCloneTarget = async (file: string): Promise<CloneTarget> => {
  await using opened = new AsyncDisposableStack();
  try {
    const { folder, name } = await openFolderAround(file);
    opened.use(folder);
    const mapName = `${name}.map`;
    const link = await readlink(entryIn(folder, name)).catch(() => undefined);
    if (link !== undefined) throw new RescueError('target-is-link', { path: file, target: link });
    const isThere = (await statusIn(folder, name)) !== undefined;
    // Nothing but a plain file is gone on with, nor removed for it.
    const isOurs = (await isPlainFileIn(folder, name)) && (await isPlainFileIn(folder, mapName));
    if (isThere && !isOurs) throw new RescueError('target-exists', { path: file });
    // A map without its image says of bytes that are gone that they are here.
    if (!isThere) await clearName(folder, mapName);
    const openFile = async (each: string) =>
      opened.use((await continueIn(folder, each)) ?? (await createIn(folder, each, 0o644)));
    const image = await openFile(name);
    const map = await openFile(mapName);
    await assertMap(map, `${file}.map`);
    const parts = opened.move();
    return { image, map, mapFile: `${file}.map`, [Symbol.asyncDispose]: () => parts.disposeAsync() };
  } catch (error) {
    throw unusable(file, error);
  }
};

/** ddrescue reads a line at a time, however long. @throws RescueError target-not-ours */
const assertMap = async (map: FileHandle, path: string): Promise<void> => {
  const limits = { longestLineBytes: 4096, fileBytes: mapLimitBytes, signal: new AbortController().signal };
  try {
    for await (const line of readLines(map, limits))
      if (!/^(#.*|0x[\dA-Fa-f]+\s+\S+(\s+\S+)?\s*|\s*)$/.test(line)) throw new RangeError('not a line of a map');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RescueError('target-not-ours', { path, reason: 'garbled' }, { cause: error });
  }
};

/** Asked to stop, ddrescue writes its map and ends. @throws RescueError tool-missing, tool-failed */
const runRescue = (
  args: readonly string[],
  [image, map]: readonly [image: number, map: number],
  signal: AbortSignal | undefined,
): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return resolve();
    const child = spawn('ddrescue', ['--quiet', ...args, '/proc/self/fd/3', '/proc/self/fd/4'], {
      env: toolEnvironment,
      stdio: ['ignore', 'ignore', 'pipe', image, map],
      // Not in the terminal's process group: Ctrl-C reaches it through us, once.
      detached: true,
    });
    endWithUs(child);
    const stop = () => void child.kill('SIGINT');
    signal?.addEventListener('abort', stop);
    child.on('close', () => signal?.removeEventListener('abort', stop));
    let output = '';
    child.stderr?.on('data', (bytes: Buffer) => {
      output += bytes.toString();
    });
    child.on('error', (cause) => reject(new RescueError('tool-missing', { tool: 'ddrescue' }, { cause })));
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new RescueError('tool-failed', { tool: 'ddrescue', output })),
    );
  });

/** @throws RescueError source-missing */
const sizeOf = async (path: string): Promise<number> => {
  try {
    const stats = await stat(path);
    return stats.isFile() ? stats.size : await deviceSize(stats.rdev);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new RescueError('source-missing', { path }, { cause: error });
  }
};

/** In units of 512 bytes, whatever the sectors (Linux, Documentation/ABI/stable/sysfs-block). */
const deviceSize = async (device: number): Promise<number> =>
  Number(await readFile(`/sys/dev/block/${formatDevice(device)}/size`, 'utf8')) * 512;
