import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { type FileHandle, open } from 'node:fs/promises';
import { RescueError } from '../../../model/errors.ts';
import type { Volume } from '../../../model/storage.ts';
import { endWithUs } from '../../process/running-tools.ts';
import { toolEnvironment } from '../../process/tool-environment.ts';
import type { SpareSuperblock } from './backup-superblock.ts';

/** A disk that says nothing for so long has died, or sends debugfs round in circles. */
const silenceMs = 60_000;
/** Of the words that it complains with. */
const complaintsKept = 4096;

/** What debugfs said beside its answer: empty where nothing is wrong. */
export interface Answer {
  readonly complaints: string;
}

/** Whether a checksum that is wrong keeps debugfs from telling what it found. */
export type Checksums = 'checked' | 'ignored';

/** A volume that debugfs reads: without bitmaps, and never opened for writing. */
export interface DebugfsSession extends AsyncDisposable {
  /** The device or image, opened read-only. */
  readonly handle: FileHandle;
  /**
   * Hands what the commands print, as Latin-1, to `onText`, piece by piece, each awaited.
   * @throws RescueError tool-missing, tool-timeout
   */
  run(
    commands: readonly string[],
    checksums: Checksums,
    onText: (text: string) => Promise<void> | void,
  ): Promise<Answer>;
}

export const openSession = async (
  { path, offsetBytes }: Volume,
  spare: SpareSuperblock | undefined,
): Promise<DebugfsSession> => {
  const handle = await open(path);
  // Handed over open, under a name that nobody chose; e2fsprogs reads options behind a question mark in names.
  const source = `/proc/self/fd/3${offsetBytes > 0 ? `?offset=${offsetBytes}` : ''}`;
  const block = spare && spare.offsetBytes / spare.blockBytes;
  const place = spare ? ['-b', String(spare.blockBytes), '-s', String(block)] : [];
  return {
    handle,
    run: async (commands, checksums, onText) => {
      const args = ['-c', ...(checksums === 'ignored' ? ['-n'] : []), ...place, '-f', '-', source];
      const stdio = ['pipe', 'pipe', 'pipe', handle.fd] as const;
      const child = endWithUs(
        spawn('debugfs', args, { env: toolEnvironment, stdio: [...stdio] }) as ChildProcessWithoutNullStreams,
      );
      const ended = new Promise<void>((resolve, reject) => {
        child.on('error', (cause) => reject(new RescueError('tool-missing', { tool: 'debugfs' }, { cause })));
        child.on('close', () => resolve());
      });
      ended.catch(() => {});
      let complaints = '';
      let isLate = false;
      let isHeard = false;
      const timer = setTimeout(() => {
        // It waits for us, not we for it.
        if (isHeard) return void timer.refresh();
        isLate = true;
        child.kill('SIGKILL');
      }, silenceMs);
      child.stderr.on('data', (bytes: Buffer) => {
        if (complaints.length < complaintsKept) complaints += bytes.toString('latin1');
      });
      child.stdin.on('error', () => {}); // it ended before it read everything: its complaints tell why
      child.stdin.end(commands.map((command) => `${command}\n`).join(''));
      try {
        for await (const bytes of child.stdout) {
          isHeard = true;
          await onText((bytes as Buffer).toString('latin1'));
          isHeard = false;
          timer.refresh();
        }
        await ended;
      } finally {
        clearTimeout(timer);
        child.kill('SIGKILL');
      }
      if (isLate) throw new RescueError('tool-timeout', { tool: 'debugfs' });
      return { complaints: complaints.replace(/^debugfs \d.*\n/m, '').trim() };
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
};
