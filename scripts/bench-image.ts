import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createHaosDisk } from '../test/support/haos-disk.ts';
import { Machine } from '../test/support/machine.ts';
import { median } from './bench/race.ts';
import { complain } from './image/command.ts';
import { AptRoot, findMirrors, unpack } from './image/debian.ts';

/**
 * node scripts/bench-image.ts [ROUNDS]
 * The rescue stick beside Debian's own installer in rescue mode, from the same stick through the same boot loader on the
 * same emulated PC with the same locked-out disk: how long until the first thing that a person can answer.
 */

const rounds = Number(process.argv[2] ?? 3);
const repository = resolve(import.meta.dirname, '..');
const image = join(repository, 'dist/sparekey.img');
const patienceMs = 300_000;
const contentLimitMegabytes = 220;

interface Contender {
  readonly name: string;
  readonly stick: string;
  readonly firstPrompt: RegExp;
}

const main = async (): Promise<void> => {
  if (!existsSync(image)) throw new Error(`${image} is not there yet: run "make image" first.`);
  const folder = mkdtempSync(join(tmpdir(), 'sparekey-bench-'));
  try {
    const contenders = await prepare(folder);
    const { path } = createHaosDisk(join(folder, 'haos.img'));
    const seconds = contenders.map((): number[] => []);
    for (let round = 0; round < rounds; round++)
      for (const [index, contender] of contenders.entries())
        seconds[index]?.push(await secondsToPrompt(contender, path));
    report(contenders, seconds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const prepare = async (folder: string): Promise<readonly Contender[]> => {
  const [ours, theirs] = [join(folder, 'ours.img'), join(folder, 'theirs.img')];
  for (const stick of [ours, theirs]) {
    copyFileSync(image, stick);
    truncateSync(stick, 512 << 20);
  }
  const installer = await fetchInstaller();
  const settings = join(folder, 'grub.cfg');
  const [kernel, archive] = ['boot/amd64/vmlinuz', 'boot/amd64/initrd.img'];
  writeFileSync(settings, `linux /${kernel} console=ttyS0,115200 rescue/enable=true quiet\ninitrd /${archive}\nboot\n`);
  const replace = (from: string, to: string) =>
    execFileSync('mcopy', ['-o', '-i', `${theirs}@@1M`, from, `::/${to}`], {
      env: { ...process.env, MTOOLS_SKIP_CHECK: '1' },
    });
  replace(join(installer, 'linux'), kernel);
  replace(join(installer, 'initrd.gz'), archive);
  replace(settings, 'EFI/debian/grub.cfg');
  return [
    { name: 'Sparekey, first screen', stick: ours, firstPrompt: /Which disk is locked\?/ },
    {
      name: 'Debian’s installer in rescue mode, first prompt',
      stick: theirs,
      firstPrompt: /Select a language|Language:/,
    },
  ];
};

/** The installer that Debian packs for starting over a network, checked by apt as all else. */
const fetchInstaller = async (): Promise<string> => {
  const cache = join(repository, '.cache/image/apt/amd64');
  mkdirSync(cache, { recursive: true });
  const apt = new AptRoot(cache, 'amd64', await findMirrors(process.env));
  await apt.update(false);
  const packages = await apt.fetchAlone(['debian-installer-13-netboot-amd64']);
  const { folder } = await unpack(packages, join(repository, '.cache/emulator/installer'));
  return join(folder, 'usr/lib/debian-installer/images/13/amd64/text/debian-installer/amd64');
};

const secondsToPrompt = async ({ stick, firstPrompt }: Contender, patient: string): Promise<number> => {
  const started = performance.now();
  await using machine = await Machine.start({
    model: 'pc',
    firmware: 'bios',
    memoryMebibytes: 1024,
    hasScreen: false,
    disks: [
      { path: stick, bus: 'usb', isSnapshot: true },
      { path: patient, bus: 'sata', isSnapshot: true },
    ],
  });
  await machine.waitFor(firstPrompt, patienceMs);
  return (performance.now() - started) / 1000;
};

const report = (contenders: readonly Contender[], seconds: readonly (readonly number[])[]): void => {
  console.log('\nFrom power-on to what a person can answer: PC with BIOS, USB stick, serial line, plain emulation');
  const medians = seconds.map(median);
  const [ours = Number.NaN, theirs = Number.NaN] = medians;
  for (const [index, { name }] of contenders.entries()) {
    const [all = []] = [seconds[index]];
    const range = `${Math.min(...all).toFixed(1)} – ${Math.max(...all).toFixed(1)}`;
    const ratio = ((medians[index] ?? Number.NaN) / ours).toPrecision(2);
    console.log(`  ${name.padEnd(50)} ${medians[index]?.toFixed(1).padStart(5)} s  ${range.padStart(13)}  ×${ratio}`);
  }
  console.log(`  aim: fewer seconds than the installer — ${ours < theirs ? 'met' : 'MISSED'}`);
  const megabytes = contentMegabytes();
  console.log(`\nWhat is on the stick, for both architectures: ${megabytes.toFixed(0)} MB`);
  console.log(`  aim: at most ${contentLimitMegabytes} MB — ${megabytes <= contentLimitMegabytes ? 'met' : 'MISSED'}`);
};

/** All files of the boot partition, as mtools lists them. */
const contentMegabytes = (): number => {
  const listing = execFileSync('mdir', ['-/', '-a', '-i', `${image}@@1M`, '::/']).toString();
  const total = /Total files listed:\s+\d+ files\s+([\d ]+) bytes/.exec(listing)?.[1] ?? '';
  return Number(total.replaceAll(' ', '')) / 1e6;
};

main().catch(complain('bench'));
