import { type DecryptionPlan, decryptBackup, planDecryption, surveyBackup } from '../../formats/backup-archive.ts';
import { type FoundMember, findMembers } from '../../formats/backup-repair.ts';
import type { OpenBytes } from '../../formats/byte-reader.ts';
import { type BackupSetting, openRepaired, planRepair } from '../../formats/repaired-backup.ts';
import { SecureTarError } from '../../formats/securetar-error.ts';
import { createSecureTarKey, type SecureTarKey } from '../../formats/securetar-key.ts';
import { firstFailure, isRescueError, type KnownError, RescueError } from '../../model/errors.ts';
import type { Recovery } from '../../model/recovery.ts';
import { explained, ownFailures } from './backup-export.ts';
import { type Backup, chooseKey, decryptedName, repairedName } from './backups.ts';

/** A backup that was made sound again, and what is in it. */
export interface RepairedBackup {
  readonly file: string;
  readonly path: string;
  /** Archives that are whole, as far as their own form tells. */
  readonly whole: readonly string[];
  /** Archives of which a part is missing or spoilt; they are in it as `NAME.incomplete`. */
  readonly incomplete: readonly string[];
  /** The same, which could not be decrypted and are not in it. */
  readonly leftOut: readonly string[];
  /** Whether backup.json had to be made anew. */
  readonly hasNewFacts: boolean;
}

/** What became of each of several backups. */
export interface RepairOutcome {
  readonly repaired: readonly RepairedBackup[];
  /** Those that need no repair. */
  readonly sound: readonly string[];
  readonly failed: readonly { readonly file: string; readonly error: KnownError }[];
  /** Why the rest was not tried. */
  readonly stoppedBy?: KnownError;
}

export interface RepairOptions {
  readonly signal: AbortSignal;
  /** With them, what was repaired is decrypted too; tried one after the other. */
  readonly keys: readonly string[] | undefined;
}

/** Makes sound tars of damaged backups, in a folder of this machine. What is wrong with one does not end the run. */
export const repairEach = async (
  recovery: Recovery,
  backups: readonly Backup[],
  to: string,
  options: RepairOptions,
): Promise<RepairOutcome> => {
  const repaired: RepairedBackup[] = [];
  const failed: { file: string; error: KnownError }[] = [];
  const damaged = backups.filter(({ reason }) => reason !== undefined);
  const sound = backups.filter((backup) => !damaged.includes(backup)).map(({ file }) => file);
  for (const backup of damaged)
    try {
      repaired.push(await repair(recovery, backup, to, options));
    } catch (error) {
      const known = firstFailure(error);
      if (!isRescueError(known)) throw error;
      if (!ownFailures.includes(known.code)) return { repaired, sound, failed, stoppedBy: known };
      failed.push({ file: backup.file, error: known });
    }
  return { repaired, sound, failed };
};

const repair = async (
  recovery: Recovery,
  { volume, path, file, systemVersion }: Backup,
  to: string,
  { signal, keys }: RepairOptions,
): Promise<RepairedBackup> => {
  await using view = await recovery.open(volume);
  const open: OpenBytes = async function* (startBytes) {
    for await (const chunk of view.stream(path, startBytes)) {
      if (signal.aborted) throw new RescueError('stopped', { path: to });
      yield chunk;
    }
  };
  const { sizeBytes = 0, modifiedAtMs = 0 } = (await view.tree.status(path)) ?? {};
  const setting: BackupSetting = { file, modifiedAtMs, coreVersion: systemVersion };
  try {
    const found: FoundMember[] = [];
    for await (const member of findMembers(open, sizeBytes)) found.push(member);
    if (found.length === 0) throw new RescueError('nothing-to-repair', { archive: file });
    const plan = await planRepair(open, found, setting);
    const repaired = openRepaired(open, plan, setting);
    const decryption = keys && (await planWith(repaired, keys));
    const name = decryption ? decryptedName(repairedName(file)) : repairedName(file);
    const content = decryption ? decryptBackup(repaired, decryption.key, decryption.plan) : repaired(0);
    await recovery.writeFile(to, name, content);
    const leftOut = [...(decryption?.plan.leftOut.values() ?? [])].map((each) => each.replace(/\.incomplete$/, ''));
    const namesOf = (isWhole: boolean) =>
      plan.members.filter((each) => each.isWhole === isWhole).map(({ member }) => member.name);
    return {
      file,
      path: `${to}/${name}`,
      whole: namesOf(true),
      incomplete: namesOf(false).filter((each) => !leftOut.includes(each)),
      leftOut,
      hasNewFacts: plan.facts !== undefined,
    };
  } catch (error) {
    throw explained(error, file);
  }
};

/** undefined where nothing is encrypted. @throws SecureTarError, RescueError backup-key-missing */
const planWith = async (
  open: OpenBytes,
  keys: readonly string[],
): Promise<{ readonly key: SecureTarKey; readonly plan: DecryptionPlan } | undefined> => {
  const { encrypted } = await surveyBackup(open);
  if (encrypted === undefined) return undefined;
  if (keys.length === 0) throw new RescueError('backup-key-missing', {});
  const key = await chooseKey(encrypted, keys.map(createSecureTarKey));
  if (!key) throw new SecureTarError(encrypted.version === undefined ? 'unknown version' : 'wrong-key');
  return { key, plan: await planDecryption(open, key) };
};
