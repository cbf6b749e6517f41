import { spawn } from 'node:child_process';
import { lstat, readFile, stat } from 'node:fs/promises';
import { badRangesOf, parseRescueMap, rescuedBytesOf } from '../../formats/ddrescue-map.ts';
import { RescueError } from '../../model/errors.ts';
import type { CloneProgress, CloneSummary, Recovery } from '../../model/recovery.ts';
import { formatDevice } from '../running-system.ts';
import { isSystemError } from '../system-error.ts';
import { toolEnvironment } from '../tool-environment.ts';

/**
 * Images a device through GNU ddrescue: all that reads well first, then the edges of what does not, each bad place
 * tried again three times. The map beside the image makes it resumable and is ddrescue's own. (ddrescue(1))
 * @throws RescueError stopped, beside what the port says
 */
export const cloneDevice: Recovery['clone'] = async (device, file, onProgress, signal) => {
  const startedMs = performance.now();
  const mapFile = `${file}.map`;
  const totalBytes = await sizeOf(device);
  // A file without a map is somebody else's.
  if ((await isThere(file)) && !(await isThere(mapFile))) throw new RescueError('target-exists', { path: file });
  const report = async (): Promise<CloneSummary> => {
    const map = parseRescueMap(await readFile(mapFile, 'latin1').catch(() => ''));
    const badRanges = badRangesOf(map);
    const badBytes = badRanges.reduce((sum, { startBytes, endBytes }) => sum + endBytes - startBytes, 0);
    return {
      mapFile,
      badRanges,
      badBytes,
      rescuedBytes: rescuedBytesOf(map),
      totalBytes,
      elapsedMs: performance.now() - startedMs,
    };
  };
  const ticker = setInterval(() => void report().then((progress: CloneProgress) => onProgress(progress)), 1000);
  try {
    const args = ['--sparse', '--retry-passes=3', '--mapfile-interval=1', device, file, mapFile];
    await runRescue(['--idirect', ...args], signal).catch(async (error) => {
      // Direct reading, which does not trust the kernel's cache, is not for every file system.
      if (signal?.aborted || !/direct/i.test(String(error.details?.output))) throw error;
      await runRescue(args, signal);
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

/** Asked to stop, ddrescue writes its map and ends. @throws RescueError tool-missing, tool-failed */
const runRescue = (args: readonly string[], signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return resolve();
    const child = spawn('ddrescue', ['--quiet', ...args], {
      env: toolEnvironment,
      stdio: ['ignore', 'ignore', 'pipe'],
      // Not in the terminal's process group: Ctrl-C reaches it through us, once.
      detached: true,
    });
    const stop = () => void child.kill('SIGINT');
    signal?.addEventListener('abort', stop);
    child.on('close', () => signal?.removeEventListener('abort', stop));
    let output = '';
    child.stderr.on('data', (bytes: Buffer) => {
      output += bytes.toString();
    });
    child.on('error', (cause) => reject(new RescueError('tool-missing', { tool: 'ddrescue' }, { cause })));
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new RescueError('tool-failed', { tool: 'ddrescue', output })),
    );
  });

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

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
