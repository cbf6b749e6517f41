import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createDebianDisk, forgotten, opensDebianUser } from '../../test/support/debian-disk.ts';
import { createHaosDisk, household, opensHaosUser } from '../../test/support/haos-disk.ts';
import { asRoot, bold, check, explain, step } from './story.ts';

/**
 * node scripts/demo/binary.ts: two locked-out disks, the single binary, and a second opinion on each of its claims.
 * Every command is shown as a person would type it.
 */

const folder = '.cache/demo';
const haosImage = `${folder}/home-assistant.img`;
const debianImage = `${folder}/debian.img`;
const passwordFile = `${folder}/new-password`;
const sparekey = `dist/sparekey-${process.arch}`;

/** Shows a command, runs it with its own output, and returns what it printed. @throws Error unless it ends well */
const runSparekey = (args: readonly string[]): string => {
  console.log(bold(`   $ sparekey ${args.map((arg) => (/[^\w./=-]/.test(arg) ? `'${arg}'` : arg)).join(' ')}`));
  const { status, stdout, error } = spawnSync(sparekey, args, { stdio: ['inherit', 'pipe', 'inherit'] });
  process.stdout.write(stdout ?? '');
  if (status !== 0) throw new Error(`sparekey ended with ${error?.message ?? status}`);
  return stdout.toString();
};

const digestOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};

const demonstrate = async (): Promise<void> => {
  step('Two disks whose owners have forgotten their passwords');
  mkdirSync(folder, { recursive: true });
  const haos = createHaosDisk(haosImage);
  const debian = createDebianDisk(debianImage);
  explain(`${haosImage}: the layout of Home Assistant OS, eight partitions`);
  explain(`${debianImage}: a real small Debian, installed from its mirror`);
  explain('They are image files; a disk, a stick or a card (/dev/sdb) is named in the same place.');

  step('Look. What is on them, and who can log in?');
  const before = [await digestOf(haosImage), await digestOf(debianImage)];
  runSparekey(['scan', '--disk', haosImage, '--disk', debianImage]);
  console.log();
  const after = [await digestOf(haosImage), await digestOf(debianImage)];
  check('looking has not changed a bit of either disk (SHA-256 before and after)', before.join() === after.join());

  step('Home Assistant: Alice gets the password that stands in a file');
  const newPassword = 'a new day at home';
  writeFileSync(passwordFile, `${newPassword}\n`, { mode: 0o600 });
  runSparekey(['reset-password', '--user', 'alice', '--disk', haosImage, '--password-file', passwordFile, '--yes']);

  step('Is it true? libcrypt reads the stored bcrypt hashes');
  check('the new password opens alice', opensHaosUser(haos, 'alice', newPassword));
  for (const { username, password } of household) {
    const isAlice = username === 'alice';
    const claim = isAlice ? 'the forgotten one no longer does' : `${username} has the same password as before`;
    check(claim, opensHaosUser(haos, username, password) !== isAlice);
  }

  step('Debian: Alice gets a generated password, easy to type on any keyboard');
  const report = runSparekey(['reset-password', '--user', 'alice', '--disk', debianImage, '--generate', '--yes']);
  const generated = /^(?:New password|Nouveau mot de passe) ?: (.+)$/m.exec(report)?.[1] ?? '';

  step("Is it true? Debian's own su and PAM, run inside that disk as an unprivileged user");
  check('the generated password opens alice', opensDebianUser(debian, 'alice', generated));
  check('the forgotten one no longer does', !opensDebianUser(debian, 'alice', forgotten.alice));
  check('bob has the same password as before', opensDebianUser(debian, 'bob', forgotten.bob));

  step('Changed your mind? What was replaced lies on the disk itself');
  runSparekey(['undo', '--disk', debianImage, '--yes']);
  console.log();
  runSparekey(['undo', '--disk', haosImage, '--yes']);

  step('Is it true?');
  const aliceAtHome = household[0]?.password ?? '';
  check('on Debian the old password opens alice again', opensDebianUser(debian, 'alice', forgotten.alice));
  check('and the generated one no longer does', !opensDebianUser(debian, 'alice', generated));
  check('in Home Assistant the old password opens alice again', opensHaosUser(haos, 'alice', aliceAtHome));
  check('and the new one no longer does', !opensHaosUser(haos, 'alice', newPassword));

  console.log(`\n${bold('That is all of it.')} The disks are still there to play with:\n`);
  explain(`sudo ${sparekey} reset-password --user bob --disk ${debianImage}`);
};

await asRoot('Disk images are attached and mounted', demonstrate);
