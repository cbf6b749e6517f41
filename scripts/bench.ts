import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bcryptHash } from '../src/formats/bcrypt.ts';
import { shaCrypt, shaSalt } from '../src/formats/sha-crypt.ts';
import { createDebianDisk } from '../test/support/debian-disk.ts';
import { createHaosDisk } from '../test/support/haos-disk.ts';
import { type Contender, median, race, type Timing } from './bench/race.ts';
import { formatAim, formatTimings } from './bench/table.ts';

/** node scripts/bench.ts [ROUNDS]: Sparekey beside what a person would do by hand, in one run. Needs root. */

const rounds = Number(process.argv[2] ?? 7);
const sparekey = `dist/sparekey-${process.arch}`;
const newPassword = 'correct horse 42';

const folder = mkdtempSync(join(tmpdir(), 'sparekey-bench-'));
const haosImage = join(folder, 'haos.img');
const debianImage = join(folder, 'debian.img');
const passwordFile = join(folder, 'password');

const heading = (text: string): void => console.log(`\n${text}`);

/** How long one hash takes in our own code, in a process that is warm; milliseconds. */
const timeHash = async (hash: () => unknown): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const started = performance.now();
    await hash();
    times.push(performance.now() - started);
  }
  return median(times);
};

const raceVersion = (): void => {
  heading('sparekey --version, beside the bare Node that it carries');
  const timings = race(
    [
      { name: 'sparekey --version', command: [sparekey, '--version'] },
      { name: 'node --eval 0', command: [process.execPath, '--eval', '0'] },
    ],
    rounds * 3,
  );
  console.log(formatTimings(timings));
  console.log(formatAim('--version', 60, timings[0]?.medianMs ?? Number.NaN));
};

/** Without partition scanning in the kernel the partitions are told to blkid by offset, as losetup would. */
const raceScan = (): void => {
  heading('Looking at a disk with eight partitions');
  createHaosDisk(haosImage);
  const table = execFileSync('sfdisk', ['--json', haosImage]).toString();
  const partitions = JSON.parse(table).partitiontable.partitions as readonly { start: number; size: number }[];
  const loop = execFileSync('losetup', ['--find', '--show', '--read-only', haosImage]).toString().trim();
  try {
    const probes = partitions.map(({ start, size }) => `blkid -p -O ${start * 512} -S ${size * 512} ${loop} || :`);
    const timings = race(
      [
        { name: 'sparekey scan: file systems, systems, accounts', command: [sparekey, 'scan', '--disk', haosImage] },
        {
          name: 'lsblk -O, blkid -p on each',
          command: ['sh', '-c', [`lsblk -O --json ${loop}`, ...probes].join('\n')],
        },
      ],
      rounds,
    );
    console.log(formatTimings(timings));
    console.log(formatAim('scan', 500, timings[0]?.medianMs ?? Number.NaN));
  } finally {
    execFileSync('losetup', ['--detach', loop]);
  }
};

const resetByHand = (offsetBytes: number, sizeBytes: number): readonly string[] => [
  'sh',
  '-ec',
  `loop=$(losetup --find --show --offset ${offsetBytes} --sizelimit ${sizeBytes} "$1")
   mkdir -p "$2"
   mount "$loop" "$2"
   printf 'alice:%s\\n' "$(cat "$3")" | chpasswd --root "$2"
   umount "$2"
   losetup --detach "$loop"`,
  ...['sh', debianImage, join(folder, 'mnt'), passwordFile],
];

const resetWith = (image: string, prepare: () => void): Contender => ({
  name: 'sparekey reset-password',
  command: [
    sparekey,
    ...['reset-password', '--user', 'alice', '--disk', image, '--password-file', passwordFile, '--yes'],
  ],
  prepare,
});

const raceDebian = async (): Promise<void> => {
  heading('A new password for a Debian account in a disk image');
  const { root } = createDebianDisk(debianImage);
  const prepare = (): void => void createDebianDisk(debianImage);
  const byHand = {
    name: 'losetup, mount, chpasswd, umount by hand',
    command: resetByHand(root.offsetBytes, root.sizeBytes),
    prepare,
  };
  const timings = race([resetWith(debianImage, prepare), byHand], rounds);
  const guest = raceGuest(prepare);
  const salt = shaSalt(randomBytes);
  const secret = Buffer.from(newPassword);
  const hashMs = await timeHash(() => shaCrypt(secret, { scheme: 'sha512crypt', salt, rounds: 5000 }));
  console.log(formatTimings([...timings, ...guest]));
  const ours = timings[0]?.medianMs ?? Number.NaN;
  console.log(`  one sha512crypt in our code takes ${hashMs.toFixed(0)} ms; a reset makes one and checks one`);
  console.log(formatAim('reset, beyond one hash,', 1000, ours - hashMs));
  for (const { medianMs } of guest) {
    const times = medianMs / ours;
    console.log(
      `  aim: 20 times faster than virt-customize — ${times.toFixed(0)} times, ${times >= 20 ? 'met' : 'MISSED'}`,
    );
  }
};

/** virt-customize boots a virtual machine for it, so that fewer rounds do. */
const raceGuest = (prepare: () => void): readonly Timing[] => {
  if (spawnSync('virt-customize', ['--version']).status !== 0) {
    console.log('  virt-customize is not installed (package guestfs-tools), so it does not run');
    return [];
  }
  const command = ['virt-customize', '--quiet', '-a', debianImage, '--password', `alice:file:${passwordFile}`];
  try {
    return race([{ name: 'virt-customize --password', command, prepare }], Math.min(rounds, 3));
  } catch (error) {
    console.log(`  virt-customize is installed but does not work here (libguestfs-test-tool tells why): ${error}`);
    return [];
  }
};

const raceHaos = async (): Promise<void> => {
  heading('A new password for a Home Assistant user in a disk image');
  const timings = race([resetWith(haosImage, () => void createHaosDisk(haosImage))], rounds);
  const hashMs = await timeHash(() => bcryptHash(newPassword, randomBytes));
  console.log(formatTimings(timings));
  console.log(`  one bcrypt of cost 12 in our code takes ${hashMs.toFixed(0)} ms; a reset makes one and checks one`);
  console.log(formatAim('reset, beyond one hash,', 1000, (timings[0]?.medianMs ?? Number.NaN) - hashMs));
};

if (process.getuid?.() !== 0) {
  console.log('==> Disk images are attached and mounted, which takes root: asking sudo.');
  process.exitCode = spawnSync('sudo', [process.execPath, ...process.argv.slice(1)], { stdio: 'inherit' }).status ?? 1;
} else {
  try {
    console.log(
      `Each command ${rounds} times or more after a warm-up, in turns; ×2 took twice as long as the first line.`,
    );
    writeFileSync(passwordFile, `${newPassword}\n`, { mode: 0o600 });
    raceVersion();
    raceScan();
    await raceDebian();
    await raceHaos();
  } finally {
    if (existsSync(join(folder, 'mnt'))) spawnSync('umount', ['--quiet', join(folder, 'mnt')]);
    rmSync(folder, { recursive: true, force: true });
  }
}
