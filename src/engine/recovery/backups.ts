import { type BackupSurvey, surveyBackup } from '../../formats/backup-archive.ts';
import type { BackupFacts } from '../../formats/backup-facts.ts';
import type { OpenBytes } from '../../formats/byte-reader.ts';
import { opensSecureTar } from '../../formats/securetar.ts';
import { SecureTarError } from '../../formats/securetar-error.ts';
import type { SecureTarVersion } from '../../formats/securetar-file.ts';
import { createSecureTarKey, type SecureTarKey } from '../../formats/securetar-key.ts';
import { isRescueError, RescueError } from '../../model/errors.ts';
import type { Recovery } from '../../model/recovery.ts';
import type { Volume } from '../../model/storage.ts';
import type { TreePath } from '../../model/tree.ts';
import type { Scan } from '../scan-result.ts';

/** A backup on a disk, as far as it can be read. */
export interface Backup {
  readonly volume: Volume;
  readonly path: TreePath;
  readonly file: string;
  readonly sizeBytes: number;
  /** What the system that made it last ran, by its own note. */
  readonly systemVersion?: string;
  readonly facts?: BackupFacts;
  /** Why it is not sound. */
  readonly reason?: string;
  /** Where something in it is encrypted, whatever it says of itself. */
  readonly encryption?: BackupEncryption;
}

export interface BackupEncryption {
  /** undefined where it is newer than this program. */
  readonly version: SecureTarVersion | undefined;
  /** Whose key opens it, of those that are known. */
  readonly opensWith: string | undefined;
}

/** A key, and where it comes from. */
export interface KnownKey {
  readonly system: string;
  readonly key: string;
}

export interface BackupList {
  readonly backups: readonly Backup[];
  /** The keys that stand on the disks, each with the system that keeps it. */
  readonly keys: readonly KnownKey[];
}

/** Whether its content needs a key. */
export const isEncrypted = ({ encryption, facts }: Backup): boolean =>
  encryption !== undefined || facts?.isProtected === true;

/**
 * The backups of every system that keeps some, the keys that stand on the disks, and which key opens which.
 * @param otherKeys to be tried as well
 * @throws RescueError no-backups
 */
export const listBackups = async (
  recovery: Recovery,
  { systems }: Pick<Scan, 'systems'>,
  otherKeys: readonly KnownKey[] = [],
): Promise<BackupList> => {
  const stores = systems.flatMap((system) => {
    const { backups: store } = system.profile;
    return store ? [{ ...system, store, home: system.detection.home }] : [];
  });
  const keys: KnownKey[] = [];
  for (const { id, volume, store, home } of stores) {
    await using view = await recovery.open(volume);
    const key = await store.readKey(view.tree, home);
    if (key !== undefined) keys.push({ system: id, key });
  }
  const tried = [...otherKeys, ...keys].map(({ system, key }) => ({ system, key: createSecureTarKey(key) }));
  const backups: Backup[] = [];
  for (const { volume, store, home } of stores) {
    await using view = await recovery.open(volume);
    const systemVersion = await store.readVersion(view.tree, home);
    for (const folder of store.foldersOf(home)) {
      const entries = (await view.tree.list(folder)).filter(
        ({ name, kind }) => kind === 'file' && name.endsWith('.tar'),
      );
      for (const { name } of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
        const path = `${folder}/${name}`;
        const sizeBytes = (await view.tree.status(path))?.sizeBytes ?? 0;
        const found = await look((startBytes) => view.stream(path, startBytes), tried);
        const version = systemVersion === undefined ? {} : { systemVersion };
        backups.push({ volume, path, file: name, sizeBytes, ...version, ...found });
      }
    }
  }
  if (backups.length === 0 && keys.length === 0) throw new RescueError('no-backups', {});
  return { backups, keys };
};

type Found = Pick<Backup, 'facts' | 'reason' | 'encryption'>;

const look = async (open: OpenBytes, keys: readonly TriedKey[]): Promise<Found> => {
  try {
    const { facts, reason, encrypted } = await surveyBackup(open);
    return {
      ...(facts && { facts }),
      ...(reason !== undefined && { reason }),
      ...(encrypted && { encryption: { version: encrypted.version, opensWith: await ownerOf(encrypted, keys) } }),
    };
  } catch (error) {
    if (isRescueError(error)) return { reason: error.code };
    throw error;
  }
};

interface TriedKey {
  readonly system: string;
  readonly key: SecureTarKey;
}

const ownerOf = async (encrypted: Encrypted, keys: readonly TriedKey[]): Promise<string | undefined> => {
  const key = await chooseKey(
    encrypted,
    keys.map(({ key }) => key),
  );
  return keys.find((tried) => tried.key === key)?.system;
};

type Encrypted = NonNullable<BackupSurvey['encrypted']>;

/** The first of several keys that opens a backup; undefined where none does, or where nobody can tell. */
export const chooseKey = async (
  { head }: Encrypted,
  keys: readonly SecureTarKey[],
): Promise<SecureTarKey | undefined> => {
  try {
    for (const key of keys) if (await opensSecureTar(head, key)) return key;
  } catch (error) {
    if (!(error instanceof SecureTarError)) throw error;
  }
  return undefined;
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
  action: 'export' | 'decrypt' | 'repair',
): readonly { readonly path: string; readonly sizeBytes: number }[] =>
  backups.map((backup) => {
    const { file, sizeBytes } = backup;
    const isDecrypted = action === 'decrypt' && isEncrypted(backup);
    const name = action === 'repair' ? repairedName(file) : isDecrypted ? decryptedName(file) : file;
    return { path: `${to}/${name}`, sizeBytes };
  });

/** What a backup is called once it is decrypted. */
export const decryptedName = (file: string): string => file.replace(/\.tar$/, '.decrypted.tar');

/** What a backup is called once it is repaired. */
export const repairedName = (file: string): string => file.replace(/\.tar$/, '.repaired.tar');
