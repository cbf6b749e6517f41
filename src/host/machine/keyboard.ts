import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConsoleKind } from '../../model/station.ts';
import { run } from '../process/commands.ts';

/** Where keymaps lie: on our stick and Debian (console-data), with kbd on other distributions. */
const keymapFolders = ['/usr/share/keymaps', '/usr/share/kbd/keymaps', '/usr/lib/kbd/keymaps', '/lib/kbd/keymaps'];

/** `us.kmap`, `fr.map.gz`: the name before it is what loadkeys(1) and people call the layout. */
const keymapFile = /^([a-z][a-z0-9_-]*)\.k?map(\.gz)?$/i;

/** The terminal on standard input: a virtual console of the kernel, a serial line, or a window somewhere. */
export const consoleAt = (device: string): ConsoleKind => {
  if (/^\/dev\/tty\d+$/.test(device)) return 'screen';
  return /^\/dev\/(pts\/|tty[pqrs]?[0-9a-f]$|ptmx)/.test(device) ? 'terminal' : 'serial';
};

/** What standard input is connected to. */
export const readConsole = async (): Promise<{ readonly device: string; readonly kind: ConsoleKind }> => {
  const device = await readlink('/proc/self/fd/0').catch(() => '/dev/pts/0');
  if (device !== '/dev/console') return { device, kind: consoleAt(device) };
  // A name for another terminal: the last of those that the kernel was started with (Linux, serial-console.rst).
  const active = await readFile('/sys/class/tty/console/active', 'utf8').catch(() => '');
  const last = active.trim().split(' ').at(-1) ?? '';
  return { device, kind: consoleAt(`/dev/${last === '' ? 'tty0' : last}`) };
};

/** Every keymap on this machine, by name. */
export const findKeymaps = async (folders = keymapFolders): Promise<ReadonlyMap<string, string>> => {
  const keymaps = new Map<string, string>();
  for (const folder of folders) {
    const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const file of files) {
      const name = keymapFile.exec(file.name)?.[1];
      // Tables for compose keys and the like lie in folders called include.
      if (name === undefined || file.parentPath.includes('include') || keymaps.has(name)) continue;
      keymaps.set(name, join(file.parentPath, file.name));
    }
  }
  return new Map([...keymaps].sort(([one], [other]) => (one < other ? -1 : 1)));
};

/** Gives the virtual consoles this layout. @throws RescueError tool-missing, tool-failed */
export const loadKeymap = async (device: string, file: string): Promise<void> => {
  await run('loadkeys', ['--quiet', '--console', device, file]);
};
