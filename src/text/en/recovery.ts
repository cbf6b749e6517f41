import type { BackupRemark } from '../../model/backup.ts';
import { listed, named } from '../names.ts';
import type { CopyProblemSentences } from '../sentences.ts';
import { backupReason } from './backup-reasons.ts';
import { reasonOf } from './reasons.ts';

/** With a slash at its end, as people know folders. */
const folder = (path: string): string => (path.endsWith('/') ? path : `${path}/`);

const count = (many: number, one: string): string => `${many} ${one}${many === 1 ? '' : 's'}`;

const problem: CopyProblemSentences = {
  'unreadable-file': (path, reason) =>
    reason === 'EFBIG' ? `${path}: too large for this target` : `${path}: could not be read (${reasonOf(reason)})`,
  'unreadable-folder': (path, reason) => `${folder(path)}: could not be listed to its end (${reasonOf(reason)})`,
  damaged: (path, keptAs, ranges) => `${path}: bytes ${ranges} could not be read; the rest is kept as ${keptAs}`,
  'damaged-folder': (path) =>
    `${folder(path)}: this folder is damaged. Every name that is still in it was copied, but a name may be missing or wrong`,
  special: (path, what) => `${path}: not a file (${what}); listed, not opened`,
  'symlink-left-out': (path, target) => `${path}: a link to ${target}; this target holds no links`,
  exists: (path) => `${path}: something else has this name in the target and was left alone`,
  'not-hashed': (path) => `${path}: copied, but too vast a hole to be hashed`,
  'attributes-lost': (output) => `some attributes could not be kept: ${output}`,
};

/** What a repaired backup holds. */
interface RepairedContent extends Readonly<Record<'whole' | 'incomplete' | 'leftOut', readonly string[]>> {
  readonly path: string;
  readonly hasNewFacts: boolean;
}

export const recovery = {
  allCopied: 'Everything that was asked for is copied, and every file was hashed while it was copied.',
  notAllCopied: 'Not everything could be copied. What is there is whole; what is missing is listed below.',
  copied: ({
    files,
    size,
    folders,
    symlinks,
    hardLinks,
  }: { size: string } & Record<'files' | 'folders' | 'symlinks' | 'hardLinks', number>) =>
    [
      `${count(files, 'file')} (${size}) in ${count(folders, 'folder')}`,
      ...(symlinks > 0 ? [count(symlinks, 'symbolic link')] : []),
      ...(hardLinks > 0 ? [`${count(hardLinks, 'further name')} of the same files`] : []),
    ].join(', '),
  keptFromBefore: (files: number) => `${files} of the files were there from an earlier run and are unchanged.`,
  fromTo: (from: string, to: string) => `From ${named(from)} to ${named(to)}. Nothing was written to the source.`,
  readings: {
    'as-is': 'State of the files: as they were left.',
    newest:
      'State of the files: the newest. The machine was not shut down cleanly; the last writes in its journal were finished in this computer’s memory, and nothing of that is on the disk.',
    'without-journal':
      'State of the files: as on the disk, without the last writes in its journal. The machine was not shut down cleanly, so files written in its last seconds may be missing or older.',
    'backup-superblock': 'The first superblock is damaged; the files were read by way of a spare one.',
    'file-by-file':
      'The file system cannot be mounted any more; the files are read one by one, without the system’s driver. Names, contents, times and permissions are kept, extended attributes and access lists are not.',
  },
  wouldCopy: ({
    files,
    folders,
    size,
    from,
    to,
    free,
  }: Record<'files' | 'folders', number> & Record<'size' | 'from' | 'to' | 'free', string>) =>
    `Would copy ${files} files (${size}) in ${folders} folders from ${named(from)} to ${named(to)}, where ${free} are free.`,
  wouldClone: ({ device, size, file, map, free }: Record<'device' | 'size' | 'file' | 'map' | 'free', string>) =>
    `Would image ${named(device)} (${size}) into ${named(file)}, with its map ${named(map)}; ${free} are free there.`,
  wouldWrite: (path: string, size: string) => `Would write ${named(path)} (${size})`,
  took: (seconds: number, rate: string) => `It took ${seconds} s (${rate}/s).`,
  check: (folder: string, manifest: string) =>
    `To check the copy at any time: cd '${named(folder)}' && sha256sum --check --quiet ${manifest}`,
  proved: (path: string, digest: string) => `${named(path)} has the same SHA-256 before and after: ${digest}`,
  disproved: ({ path, before, after }: Record<'path' | 'before' | 'after', string>) =>
    `${named(path)} has CHANGED: SHA-256 ${before} before, ${after} after. Sparekey does not write to it; something else did, or the disk is failing.`,
  problems: (count: number) => `Not in the copy, or not as on the disk (${count}):`,
  moreProblems: (count: number) => `  … and ${count} more`,
  problem,
  renamed: (count: number) =>
    `Names that the target cannot hold, and what stands there instead (${count}); %XX is a byte in hexadecimal:`,
  opened: (selector: string, reading: string) => `Reading ${selector}, strictly read-only. ${reading}`,
  proving: (done: string, total: string) => `Hashing the source: ${done} of ${total}`,
  remaining: (time: string) => `${time} left`,
  cloned: (rescued: string, total: string, bad: string) => `${rescued} of ${total} copied, ${bad} bad`,
  cloneDone: (file: string, map: string) =>
    `The image is ${named(file)}, its map ${named(map)}. Work on it like on a disk: sparekey scan --disk ${named(file)}`,
  cloneBad: (places: number, size: string) =>
    `${places} places (${size}) could not be read. The same command tries them again; nothing that was read is lost.`,
  keyIs: (key: string) => `Backup key that is stored on this disk: ${key}`,
  keyMissing: 'No backup key is stored on this disk. Look for the emergency kit that Home Assistant gave.',
  encrypted: 'encrypted',
  openedBy: (owner: string) => `encrypted, opened by the key of ${named(owner)}`,
  openedByFile: 'encrypted, opened by your key file',
  openedByNone: 'encrypted, opened by no key that is known',
  encryptionIsNewer: 'encrypted in a way that is newer than this program',
  plain: 'not encrypted',
  damagedBackup: (state: string, reason: string) => `${state}, damaged (${backupReason(reason)})`,
  unreadableBackup: (reason: string) => `unreadable (${backupReason(reason)})`,
  exported: (path: string) => `Written and checked: ${named(path)}`,
  notExported: (file: string, why: string) => `Not written: ${named(file)}. ${why}`,
  repairedBackup: ({ path, whole, incomplete, leftOut, hasNewFacts }: RepairedContent): readonly string[] => [
    `Written: ${named(path)}, a sound backup again.`,
    `  In it and whole: ${listed(whole, 'nothing')}`,
    ...(incomplete.length > 0
      ? [`  Not whole, kept as NAME.incomplete and not restored from: ${listed(incomplete, '')}`]
      : []),
    ...(leftOut.length > 0
      ? [`  Not whole, so that it could not be decrypted, and not in it: ${listed(leftOut, '')}`]
      : []),
    ...(hasNewFacts ? ['  Its backup.json is a new one, made of what is there.'] : []),
  ],
  soundBackup: (file: string) => `${named(file)} is sound: there is nothing to repair.`,
  backupRemark: (remark: BackupRemark) => {
    switch (remark.kind) {
      case 'unfinished':
        return `${named(remark.file)} has no backup.json that can be read: Home Assistant did not finish it, or it is spoilt. What is in it is decrypted; more may be missing, and Home Assistant will not restore from it.`;
      case 'left-out':
        return `${named(remark.file)} holds only a part of an archive, which cannot be decrypted and was left out: ${named(remark.name)}.`;
      case 'repeated-name':
        return `${named(remark.file)} holds more than one ${named(remark.name)}. All of them are in the new file; a program that unpacks it keeps the last one.`;
    }
  },
  columns: { file: 'File', name: 'Name', date: 'Date', type: 'Type', size: 'Size', protection: 'Protection' },
};
