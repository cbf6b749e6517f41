import { writeFileSync } from 'node:fs';
import type { Station } from '../model/station.ts';
import { run } from './commands.ts';
import { watchDisks } from './hotplug.ts';
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
  const keymaps = kind === 'screen' ? await findKeymaps() : new Map<string, string>();
  return {
    isRescueMedium,
    console: kind,
    // The kernel starts with the American layout, and our stick loads no other by itself.
    keyboardLayout: isRescueMedium && kind === 'screen' ? 'us' : undefined,
    keyboardLayouts: async () => [...keymaps.keys()],
    loadKeyboardLayout: async (name) => {
      const file = keymaps.get(name);
      if (file !== undefined) await loadKeymap(device, file);
    },
    watchDisks,
    // Our init closes everything down in order (::shutdown: in its inittab); it ends us too, by a signal.
    restart: async () => void (await run('reboot', [])),
    powerOff: async () => void (await run('poweroff', [])),
    writeReport: (content) => writeReport(content, Date.now()),
    announce: (words) => {
      if (isRescueMedium && stateFile !== undefined) writeQuietly(stateFile, words);
    },
  };
};

const writeQuietly = (path: string, words: string): void => {
  try {
    writeFileSync(path, `${words}\n`);
  } catch {
    // The other consoles then say nothing of us, and that is all.
  }
};
