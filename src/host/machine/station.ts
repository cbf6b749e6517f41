import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRescueError } from '../../model/errors.ts';
import type { KeyFile, Station } from '../../model/station.ts';
import { watchDisks } from '../disks/hotplug.ts';
import { readKeyFilesIn } from '../medium/key-files.ts';
import { run } from '../process/commands.ts';
import { isSystemError } from '../process/system-error.ts';
import { findKeymaps, loadKeymap, readConsole } from './keyboard.ts';
import { writeReport } from './report.ts';

/**
 * The machine under us. The console script of the rescue stick says that we run from it (SPAREKEY_MEDIUM=rescue), and
 * where the other consoles read what this one is doing (SPAREKEY_STATE).
 */
export const createStation = async (environment: NodeJS.ProcessEnv): Promise<Station> => {
  const { device, kind } = await readConsole();
  const isRescueMedium = environment['SPAREKEY_MEDIUM'] === 'rescue';
  const stateFile = environment['SPAREKEY_STATE'];
  // The kernel does not say which layout it has; when Sparekey starts anew, the one that it loaded before is still there.
  const layoutFile = isRescueMedium && stateFile !== undefined ? join(dirname(stateFile), 'keyboard') : undefined;
  const keymaps = kind === 'screen' ? await findKeymaps() : new Map<string, string>();
  return {
    isRescueMedium,
    console: kind,
    // The kernel starts with the American layout, and our stick loads no other by itself.
    keyboardLayout: isRescueMedium && kind === 'screen' ? (readQuietly(layoutFile) ?? 'us') : undefined,
    keyboardLayouts: async () => [...keymaps.keys()],
    loadKeyboardLayout: async (name) => {
      const file = keymaps.get(name);
      if (file === undefined) return;
      await loadKeymap(device, file);
      writeQuietly(layoutFile, name);
    },
    watchDisks,
    // Our init closes everything down in order (::shutdown: in its inittab); it ends us too, by a signal.
    restart: async () => void (await run('reboot', [])),
    powerOff: async () => void (await run('poweroff', [])),
    writeReport: (content) => writeReport(content, Date.now()),
    findKeyFiles: () => (isRescueMedium ? keyFilesOnMedium() : readKeyFilesIn(programFolder())),
    announce: (words) => {
      if (isRescueMedium) writeQuietly(stateFile, words);
    },
  };
};

/** The stick may have been pulled: it is not needed once the menu is there. */
const keyFilesOnMedium = async (): Promise<readonly KeyFile[]> => {
  try {
    const { createBootMedium } = await import('../medium/boot-medium.ts');
    return await createBootMedium().readKeyFiles();
  } catch (error) {
    if (!isRescueError(error) && !isSystemError(error)) throw error;
    return [];
  }
};

/** Of the single binary, or of the source file that was started. */
const programFolder = (): string => dirname(process.argv[1] ?? process.execPath);

/** A convenience: where it cannot be written, nothing but that convenience is missing. */
const writeQuietly = (path: string | undefined, words: string): void => {
  try {
    if (path !== undefined) writeFileSync(path, `${words}\n`);
  } catch {}
};

const readQuietly = (path: string | undefined): string | undefined => {
  try {
    return path === undefined ? undefined : readFileSync(path, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
};
