import type { JobProblem } from '../../model/job.ts';
import type { PublicKeyFlaw } from '../../model/public-key.ts';
import { inGigabytes, installCommand, listed, named } from '../names.ts';
import type { ErrorSentences } from '../sentences.ts';
import { backupReason } from './backup-reasons.ts';
import { elsewhere } from './elsewhere.ts';
import { jobs } from './jobs.ts';
import { reasonOf } from './reasons.ts';
import { routerSteps } from './router-steps.ts';
import { stackErrors } from './stacks.ts';

const selected = (selector: string | undefined) => (selector === undefined ? '' : ` for ${named(selector)}`);

const problemLine = (problem: JobProblem) => jobs.at(problem, jobs.problems[problem.what](problem));

const packageHint = (tool: string): string => {
  const command = installCommand(tool);
  return command === undefined ? '' : ` (Debian and Ubuntu: \`${command}\`)`;
};

export const errors: ErrorSentences = {
  ...stackErrors,
  'need-root': () => 'Disks can only be opened by root. Run the same command with sudo.',
  'tool-missing': ({ tool }) =>
    `The program “${named(tool)}” is not installed here. Install it${packageHint(tool)}, or use the Sparekey stick.`,
  'tool-timeout': ({ tool }) =>
    `“${named(tool)}” did not answer in time; the disk may be failing. Copy it before trying anything else on it.`,
  'tool-failed': ({ tool }) => `“${named(tool)}” failed. Its own words are below.`,
  'source-missing': ({ path }) =>
    `There is nothing at ${named(path)}. \`sparekey scan\` lists the disks of this machine.`,
  'source-unusable': ({ path, kind }) =>
    `${named(path)} (${named(kind)}) is neither a disk, nor a raw disk image, nor a folder. Compressed images must be unpacked first, and virtual machine images converted to raw.`,
  'running-system': ({ path }) =>
    `${named(path)} carries the system that is running right now, so it is not touched. Start the machine from the Sparekey stick to repair it.`,
  'volume-locked': ({ selector }) =>
    `Another run of Sparekey, or another program, keeps the disk with ${named(selector)} locked while it writes to it. Wait until it is done, and try again. Nothing was changed.`,
  'volume-in-use': ({ selector, mountPoints }) =>
    `${named(selector)} is in use (${listed(mountPoints, 'not mounted')}). Unmount it first, for example with \`umount\`, and try again. Nothing was changed.`,
  'no-match': ({ selector, candidates }) =>
    `No installed system was found${selected(selector)}. Found: ${listed(candidates, 'none')}.`,
  'several-match': ({ selector, candidates }) =>
    `Several systems match${selected(selector)}: ${listed(candidates, '')}. Name one with --on; nothing was changed.`,
  'several-volumes': ({ selectors }) =>
    `What has to be changed lies on several volumes (${listed(selectors, '')}). Sparekey changes one volume at a time; nothing was changed.`,
  'no-such-account': ({ user, accounts }) =>
    `There is no account “${named(user)}”. Accounts: ${listed(accounts, 'none that can log in')}.`,
  'account-elsewhere': ({ user, where }) =>
    `“${named(user)}” cannot be let in on this disk. ${elsewhere[where]([user])}`,
  'several-accounts': ({ user, accounts }) =>
    `“${named(user)}” could be any of: ${listed(accounts, '')}. Type the name exactly as it stands here.`,
  'no-such-finding': ({ id, ids }) =>
    `There is nothing called “${named(id)}” to be cured here. What can be: ${listed(ids, 'nothing')}.`,
  'not-offered': ({ system }) => `${named(system)} does not offer this.`,
  'account-locked': ({ user }) =>
    `The account “${named(user)}” is locked, or was never given a password. To set one all the same, and lift the lock, add --unlock.`,
  'cannot-mount': ({ selector }) =>
    `The file system on ${named(selector)} could not be opened. It may be damaged, or newer than this kernel. Nothing was changed. If the disk may be failing, image it with \`sparekey clone\`, and work on the image.`,
  'cannot-unmount': ({ selector }) =>
    `${named(selector)} could not be closed cleanly. Wait a moment before you pull it out, or shut down first.`,
  'no-loop-device': () =>
    'No loop device is free to open the disk through. Close other programs that mount images (`losetup -a` lists them) and try again.',
  'read-only-device': ({ selector }) =>
    `${named(selector)} cannot be written: look for the lock switch of the card, or for the permissions of the image file. Nothing was changed.`,
  'needs-fsck': ({ selector, command }) =>
    `The file system on ${named(selector)} has recorded errors and must be checked before anything is written to it. If the disk itself is sound, run \`${named(command)}\`; if it may be failing, copy it first. Nothing was changed.`,
  'raid-member': ({ selector, type, tool }) =>
    `${named(selector)} belongs to a RAID (${named(type)}): it is one disk of several. Written to alone, it would differ from the others, and the change could be lost or do damage.${tool === undefined ? ' Assemble the RAID (mdadm can), and choose the volume that appears then.' : ` Its disks are joined by ${named(tool)}, which is not installed here (Debian and Ubuntu: \`${installCommand(tool)}\`): install it and look again, or use the Sparekey stick.`} If the disk has left its RAID for good, its old RAID label has to be removed first, by somebody who is sure of it. Nothing was changed.`,
  hibernated: ({ swap, file }) =>
    `This machine is not shut down but sleeping (hibernated, ${file === undefined ? '' : `in the swap file ${named(file)} `}on ${named(swap)}): writing to its disks now would damage them. Wake it and shut it down properly first. Nothing was changed.`,
  'not-a-file': ({ path, kind }) =>
    `${named(path)} on the disk is not a plain file but a ${named(kind)}. It was left alone.`,
  'file-too-large': ({ path, sizeBytes, limitBytes }) =>
    `${named(path)} on the disk is far too large (${sizeBytes} bytes, at most ${limitBytes} make sense). It was left alone.`,
  'file-missing': ({ path }) => `${named(path)} is missing on the disk.`,
  'path-loop': ({ path }) => `The links at ${named(path)} on the disk lead in a circle.`,
  'read-failed': ({ path, reason }) =>
    `${named(path)} could not be read from the disk (${reasonOf(reason)}). If the disk is failing, copy it before trying anything else.`,
  'write-failed': ({ path, reason }) =>
    `${named(path)} could not be written (${named(reason)}). The old file is still in place. If the disk is failing, copy it first.`,
  'attributes-lost': ({ path }) =>
    `Owner, permissions or attributes of ${named(path)} could not be kept, so it was left alone. GNU cp (coreutils) is needed; the Sparekey stick has it.`,
  'immutable-folder': ({ path }) =>
    `The folder around ${named(path)} is marked unchangeable (chattr +i). Lift that with \`chattr -i\`, and try again. Nothing was changed.`,
  'no-space': ({ path }) =>
    `The file system is full: there is no room for the new ${named(path)}. Delete something there, for example old logs or backups, and try again. The old file is still in place.`,
  'file-corrupt': ({ path, reason }) =>
    `${named(path)} on the disk is damaged (${named(reason)}), so it was not edited. Look for an older copy beside it, or restore a backup.`,
  'store-version': ({ path, version, known }) =>
    `${named(path)} has format ${named(version)}; this Sparekey knows ${named(known)}. Nothing was changed: get a newer Sparekey.`,
  'plan-stale': ({ path }) =>
    `${named(path)} changed between looking and writing, so nothing was written. This happens after a power cut, when unfinished writes are completed first. Run the same command again.`,
  'consent-missing': () => 'Nothing was changed, because nobody agreed to the plan above. Add --yes to carry it out.',
  'verify-failed': ({ user }) =>
    `The new password of “${named(user)}” was written, but was not accepted when checked, so the old state was put back.`,
  'not-proved': ({ selector, journal }) =>
    `The change was written to ${named(selector)}, but the disk could not be opened again to check it: it may have been pulled out, or be failing. It may be in place or not. What was there before is kept on that volume in ${named(journal)}. Plug the disk in again and look at it: the run is listed there, and can be undone.`,
  'rollback-failed': ({ path, journal }) =>
    `${named(path)} could not be put back. The original is kept on that volume in ${named(journal)}; copy the disk before doing anything else.`,
  'password-empty': () => 'The password is empty. Type at least one character, or use --generate.',
  'password-mismatch': () => 'The two passwords are not the same. Nothing was changed; try again.',
  'password-unusable': ({ reason }) =>
    ({
      newline: 'The password holds more than one line. Put it alone on the first line of the file.',
      nul: 'The password holds a zero byte, which no login accepts.',
      'not-utf8': 'The password file is not UTF-8 text. Save it as UTF-8.',
      'too-long': 'The password is longer than any login accepts (511 bytes). Choose a shorter one.',
    })[reason],
  'password-file': ({ path, reason }) => `The password file ${named(path)} could not be read (${named(reason)}).`,
  'no-terminal': () =>
    'There is no terminal to ask for the password on. Use --password-file FILE (- for standard input) or --generate.',
  'output-lost': ({ stream, reason }) =>
    `Not all that there was to say could be written to standard ${stream === 'stdout' ? 'output' : 'error'} (${named(reason)}).`,
  'password-unseen': ({ reason }) =>
    reason === 'discarded'
      ? 'Standard output is closed or leads to /dev/null, so nobody would see the made-up password. Nothing was changed.'
      : `The made-up password could not be shown (${named(reason)}), so the old state was put back.`,
  usage: ({ message }) => `${message}\n\`sparekey --help\` shows what is understood.`,
  'hash-unusable': ({ user, accepted }) =>
    `The hash for “${named(user)}” is of a kind that its system would not understand. Accepted: ${listed(accepted, '')}; \`sparekey hash\` makes one. Nothing was changed.`,
  'job-file': ({ problems }) =>
    ['The job file is not understood, so nothing was changed.', ...problems.map(problemLine)].join('\n'),
  'job-stopped': ({ done, steps }) =>
    `Stopped by a signal after ${done} of ${steps} steps. Nothing was changed for the others; the report names them.`,
  'job-unreadable': ({ path, reason }) => `The job file ${named(path)} could not be read (${named(reason)}).`,
  'job-not-a-file': ({ path }) =>
    `The job ${named(path)} is not a plain file of its own, but a link, a device or a second name of another file. Sparekey marks a job as run by writing into it, so it takes plain files only. Nothing was changed. Copy the job there as a file, and run it again.`,
  'medium-unwritable': ({ path, reason }) => {
    const known: Readonly<Record<string, string>> = {
      'read-only': `${named(path)} cannot be written (look for a lock switch), so neither a report nor the mark that the job was run could be left there. Nothing was changed.`,
      full: `${named(path)} is full, so no report could be left there. Delete something from it. Nothing was changed.`,
    };
    return known[reason] ?? `A report could not be left on ${named(path)} (${named(reason)}). Nothing was changed.`;
  },
  'report-unwritten': ({ path, reason }) =>
    `The job was run, but the report could not be left on ${named(path)} (${named(reason)}), nor the job's secrets be struck out there. The report is shown here instead: write down what it says.`,
  'journal-unsafe': ({ path }) =>
    `${named(path)} on the disk is not a folder that only root can change, so no undo copy can be kept there. Nothing was changed.`,
  'journal-corrupt': ({ id, reason }) =>
    `The undo copy ${named(id)} is damaged (${named(reason)}), so nothing was put back.`,
  'key-unusable': ({ flaw }) => keyFlaws[flaw],
  'key-file': ({ path, reason }) => `The key file ${named(path)} could not be read (${reasonOf(reason)}).`,
  'router-owned': ({ user, nodes }) =>
    [
      `“${named(user)}” is the router’s own user. 128T writes its users anew whenever it starts, so a password set on the disk would be lost; nothing was written. Give a new password to t128 (or to root, for the console) instead, and then on the running system:`,
      ...routerSteps([user], nodes),
    ].join('\n'),
  'keys-refused': ({ user, path, line }) =>
    `The SSH server there takes no keys for “${named(user)}” (AuthorizedKeysFile none, ${named(path)}, line ${line}), so nothing was written. A new password may be the way in.`,
  'keys-unsafe': ({ user, path }) =>
    `${named(path)}, where the keys of “${named(user)}” belong, is a link or no ordinary file or folder, so nothing was written. Look at what stands there first.`,
  'home-missing': ({ user, path }) =>
    `The home folder of “${named(user)}”, ${named(path)}, is not on this volume, so the key has no place. It may be on another partition, which cannot be joined here yet; a new password needs no home folder.`,
  'journal-newer': ({ id }) =>
    `A newer Sparekey did run ${named(id)}, in a way that this one does not know, so nothing was put back. Undo it with a newer version.`,
  'nothing-to-undo': ({ id }) =>
    id === undefined
      ? 'There is nothing to undo on these disks.'
      : `There is no run ${named(id)} to undo on these disks, or it was undone already.`,
  'several-to-undo': ({ ids }) => `Several runs could be undone: ${listed(ids, '')}. Name one: \`sparekey undo ID\`.`,
  'target-unusable': ({ path, reason }) =>
    reason === 'unclean'
      ? `${named(path)} was pulled out without being put away, or a Windows sleeps on it, so nothing is written to it. Check it in the machine that it belongs to, or shut that Windows down for good, and try again.`
      : `Nothing can be written to ${named(path)} (${named(reason)}). What was copied before is whole. Choose another folder, or plug the stick in again and run the same command: it goes on where it stopped.`,
  'target-inside-source': ({ path }) =>
    `${named(path)} lies inside what is to be copied, so the copy would never end. Choose a folder elsewhere.`,
  'target-is-link': ({ path, target }) =>
    `${named(path)} is a link to ${named(target)}. Where a link leads is decided by whoever made it, so none is followed and nothing was written. To write there all the same, name that folder itself.`,
  'target-not-ours': ({ path, reason }) => {
    const known: Readonly<Record<string, string>> = {
      folder: `${named(path)} is a folder, and Sparekey keeps a file of its own under that name. It was left alone. Move it away, or choose a new folder.`,
      owner: `${named(path)} belongs to somebody else, so what it says about an earlier copy is not believed. Nothing was copied. Choose a new folder.`,
    };
    return (
      known[reason] ??
      `${named(path)} should tell what an earlier run did, and cannot be understood: it is damaged, or somebody else made it. Nothing was copied. Choose a new folder.`
    );
  },
  'target-other-run': ({ path, source }) =>
    `${named(path)} holds what was copied from another disk (${named(source)}). Choose a new folder, so that the two do not mix.`,
  'target-too-small': ({ path, neededBytes, freeBytes }) =>
    `${inGigabytes(neededBytes)} are to be copied, and ${named(path)} has ${inGigabytes(freeBytes)} free. Nothing was copied. Choose a larger disk, or fewer folders.`,
  'target-full': ({ path }) =>
    `The disk with ${named(path)} is full. What is there is whole and listed in the manifest. Make room, and run the same command: it goes on where it stopped.`,
  'files-too-large': ({ path, files, limitBytes }) =>
    `The disk with ${named(path)} is formatted as FAT32, which holds no file of more than ${inGigabytes(limitBytes)}: ${listed(files, '')}. Nothing was copied. Use a disk formatted as exFAT, NTFS or ext4, or leave these files out.`,
  'target-exists': ({ path }) => `${named(path)} is there already, and is not overwritten. Choose another name.`,
  stopped: ({ path }) =>
    `Stopped, as you asked. What is in ${named(path)} is whole, and the same command goes on where it stopped.`,
  'no-backups': () => 'No Home Assistant backups were found on these disks.',
  'no-such-backup': ({ name, candidates }) =>
    `There is no backup ${named(name)}. Backups: ${listed(candidates, 'none')}.`,
  'backup-key-missing': () =>
    'The backup is encrypted, and its key is not on the disk. It stands in the emergency kit that Home Assistant gave (home_assistant_backup_emergency_kit_….txt): add --key-file FILE with that file, as it was downloaded.',
  'wrong-backup-key': ({ archive }) =>
    `No key that is known opens ${named(archive)}. An older backup may have an older key: look for the emergency kit of that time, and add --key-file FILE.`,
  'nothing-to-repair': ({ archive }) =>
    `Nothing in ${named(archive)} can be made out any more, so there is nothing to repair. If it is a copy, look for the first one, on the box itself or wherever it was sent.`,
  'archive-damaged': ({ archive, reason }) =>
    `${named(archive)} is damaged or cut short (${backupReason(reason)}), so it was not decrypted. “sparekey backups repair” makes a sound one of what is left, “sparekey backups export” copies it as it is.`,
  'changed-since': ({ path, id }) =>
    `${named(path)} was changed again after run ${named(id)}; putting the old file back would lose that. To do it all the same, add --force.`,
};

const publicKey = 'What is wanted is one line such as “ssh-ed25519 AAAA… you@machine”, as in id_ed25519.pub.';

/** Why a key is not taken, and what would be. */
const keyFlaws: Readonly<Record<PublicKeyFlaw, string>> = {
  'private-key': `This is a private key. Keep it where it is: it belongs on no other machine. Give the public one, from the file beside it that ends in .pub (PuTTYgen shows it as “Public key for pasting into OpenSSH authorized_keys file”).`,
  'other-format': `This is a public key in PuTTY’s, SSH2’s or PEM format, which the SSH server there does not read. PuTTYgen shows the right one as “Public key for pasting into OpenSSH authorized_keys file”; \`ssh-keygen -i -f FILE\` converts it.`,
  options: `Options stand in front of this key, and would limit what it opens. Give the key alone. ${publicKey}`,
  certificate: `This is a certificate, which opens nothing by itself. Give the plain public key. ${publicKey}`,
  outdated: `SSH servers of today refuse this kind of key (DSA, or RSA below 1024 bits). Make a new one with \`ssh-keygen -t ed25519\`.`,
  damaged: `This key is cut off, broken over several lines, or mistyped. Copy it again, in one piece. ${publicKey}`,
  several: `There is more than one key. Give one at a time.`,
  'too-large': `This is far longer than any key. ${publicKey}`,
  'no-key': `This is no public key. Name its file, or paste it. ${publicKey}`,
};
