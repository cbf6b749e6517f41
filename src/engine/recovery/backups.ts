import { type BackupFacts, decryptBackup, readBackupFacts } from '../../formats/backup-archive.ts';
import { memberOf, parseJson } from '../../formats/json-edit.ts';
import { SecureTarError } from '../../formats/securetar.ts';
import { isRescueError, RescueError } from '../../model/errors.ts';
import type { Recovery } from '../../model/recovery.ts';
import type { Volume } from '../../model/storage.ts';
import type { InstalledSystem } from '../../model/system.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import type { Scan } from '../scan.ts';

/** A backup on a disk; without facts where it could not be read, and why. */
export interface Backup {
  readonly volume: Volume;
  readonly path: TreePath;
  readonly file: string;
  readonly sizeBytes: number;
  readonly facts?: BackupFacts;
  readonly reason?: string;
}

export interface BackupList {
  readonly backups: readonly Backup[];
  /** The keys that stand on the disks, each with the system that keeps it. */
  readonly keys: readonly { readonly system: string; readonly key: string }[];
}

/** Beside the configuration (Supervisor), or in it (Container, Core). */
const foldersOf = ({ detection: { home } }: InstalledSystem): readonly TreePath[] => [
  `${home.slice(0, home.lastIndexOf('/'))}/backup`,
  `${home}/backups`,
];

const isHomeAssistant = ({ profile }: InstalledSystem): boolean => /^ha|^home-assistant/.test(profile.id);

/** The backups of every Home Assistant that was found, and their keys. @throws RescueError no-backups */
export const listBackups = async (recovery: Recovery, { systems }: Pick<Scan, 'systems'>): Promise<BackupList> => {
  const backups: Backup[] = [];
  const keys: { system: string; key: string }[] = [];
  for (const system of systems.filter(isHomeAssistant)) {
    await using view = await recovery.open(system.volume);
    const key = await readKey(view.tree, system.detection.home);
    if (key !== undefined) keys.push({ system: system.id, key });
    for (const folder of foldersOf(system)) {
      const entries = (await view.tree.list(folder)).filter(
        ({ name, kind }) => kind === 'file' && name.endsWith('.tar'),
      );
      for (const { name } of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
        const path = `${folder}/${name}`;
        const sizeBytes = (await view.tree.status(path))?.sizeBytes ?? 0;
        const found = await readFacts(() => view.stream(path));
        backups.push({ volume: system.volume, path, file: name, sizeBytes, ...found });
      }
    }
  }
  if (backups.length === 0 && keys.length === 0) throw new RescueError('no-backups', {});
  return { backups, keys };
};

/** `data.config.create_backup.password` in .storage/backup (core: components/backup/store.py). Only the current key is kept. */
const readKey = async (tree: Tree, home: TreePath): Promise<string | undefined> => {
  const path = `${home}/.storage/backup`;
  try {
    const bytes = await tree.read(path);
    if (bytes === undefined) return undefined;
    const { value } = parseJson(bytes, path);
    const settings = memberOf(memberOf(memberOf(value, 'data'), 'config'), 'create_backup');
    const key = memberOf(settings, 'password');
    return typeof key === 'string' && key !== '' ? key : undefined;
  } catch (error) {
    if (isRescueError(error)) return undefined;
    throw error;
  }
};

const readFacts = async (open: () => AsyncIterable<Uint8Array>): Promise<Pick<Backup, 'facts' | 'reason'>> => {
  try {
    return { facts: await readBackupFacts(open()) };
  } catch (error) {
    if (isRescueError(error)) return { reason: error.code };
    if (error instanceof RangeError) return { reason: error.message };
    throw error;
  }
};

/** Those that were named, by file name or slug; all where none was. @throws RescueError no-such-backup, no-backups */
export const chooseBackups = ({ backups }: BackupList, names: readonly string[]): readonly Backup[] => {
  if (backups.length === 0) throw new RescueError('no-backups', {});
  if (names.length === 0) return backups;
  return names.map((name) => {
    const found = backups.find(({ file, facts }) => file === name || `${name}.tar` === file || facts?.slug === name);
    if (found) return found;
    throw new RescueError('no-such-backup', { name, candidates: backups.map(({ file }) => file) });
  });
};

/** What would be written, and about how large. */
export const planExport = (
  backups: readonly Backup[],
  to: string,
  decrypts: boolean,
): readonly { readonly path: string; readonly sizeBytes: number }[] =>
  backups.map((backup) => ({ path: `${to}/${newNameOf(backup, decrypts)}`, sizeBytes: backup.sizeBytes }));

const mustDecrypt = ({ facts }: Backup, decrypts: boolean): boolean => decrypts && facts?.isProtected === true;

const newNameOf = (backup: Backup, decrypts: boolean): string =>
  mustDecrypt(backup, decrypts) ? backup.file.replace(/\.tar$/, '.decrypted.tar') : backup.file;

export interface ExportOptions {
  /** Aborted: what is being written is left out. */
  readonly signal?: AbortSignal;
  /** How much of the backup that is being written was dealt with, of its size. */
  readonly onBytes?: (doneBytes: number) => void;
}

/**
 * Writes backups into a folder of this machine: as they are, or decrypted into plain tars that any program opens.
 * @param keys tried one after the other; with none, backups are written as they are
 * @returns the paths written
 * @throws RescueError wrong-backup-key, archive-damaged, target-exists, target-unusable, stopped
 */
export const exportBackups = async (
  recovery: Recovery,
  backups: readonly Backup[],
  to: string,
  keys: readonly string[],
  { signal, onBytes = () => {} }: ExportOptions = {},
): Promise<readonly string[]> => {
  const written: string[] = [];
  for (const backup of backups) {
    const { volume, path, file } = backup;
    await using view = await recovery.open(volume);
    const decrypts = mustDecrypt(backup, keys.length > 0);
    // Decrypting goes through it twice: the first time for the sizes that a tar tells before its members.
    const passes = decrypts ? 2 : 1;
    let readBytes = 0;
    const open = async function* () {
      for await (const chunk of view.stream(path)) {
        if (signal?.aborted) throw new RescueError('stopped', { path: to });
        yield chunk;
        readBytes += chunk.length;
        onBytes(Math.floor(readBytes / passes));
      }
    };
    const name = newNameOf(backup, keys.length > 0);
    if (decrypts) await writeDecrypted(recovery, to, name, open, file, keys);
    else await recovery.writeFile(to, name, open());
    written.push(`${to}/${name}`);
  }
  return written;
};

const writeDecrypted = async (
  recovery: Recovery,
  to: string,
  name: string,
  open: () => AsyncIterable<Uint8Array>,
  archive: string,
  [key = '', ...otherKeys]: readonly string[],
): Promise<void> => {
  try {
    await recovery.writeFile(to, name, decryptBackup(open, key));
  } catch (error) {
    if (error instanceof SecureTarError && error.reason === 'wrong-key') {
      if (otherKeys.length > 0) return writeDecrypted(recovery, to, name, open, archive, otherKeys);
      throw new RescueError('wrong-backup-key', { archive }, { cause: error });
    }
    if (error instanceof SecureTarError || error instanceof RangeError)
      throw new RescueError('archive-damaged', { archive, reason: error.message }, { cause: error });
    throw error;
  }
};
