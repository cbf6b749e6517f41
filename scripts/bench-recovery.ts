import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withMounted } from '../test/support/recovery.ts';
import { type Contender, race, type Timing } from './bench/race.ts';
import { formatTimings } from './bench/table.ts';

/**
 * node scripts/bench-recovery.ts [ROUNDS]: copying out of an image beside cp -a, rsync -a and guestfish copy-out. Every
 * run starts with empty caches and ends when the copy is on the disk. Ours includes the manifest. Needs root and 12 GB.
 */

const rounds = Number(process.argv[2] ?? 1);
const sparekey = `dist/sparekey-${process.arch}`;
const folder = mkdtempSync(join(tmpdir(), 'sparekey-bench-'));
const copy = join(folder, 'copy');

const createImage = (name: string, sizeBytes: number, fill: string, options = ['-i', '8192']): string => {
  const image = join(folder, name);
  execFileSync('truncate', ['--size', String(sizeBytes), image]);
  execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', ...options, image]);
  withMounted(image, 'rw', fill);
  return image;
};

/** 100,000 files of 1 to 16 kB in 2,000 folders. */
const manySmall = `cd "$1" && mkdir data && cd data && python3 -c "
import os, random
random.seed(1)
blob = os.urandom(1 << 20)
for d in range(2000):
    os.makedirs(f'{d // 50}/{d}')
    for f in range(50):
        size = random.randint(1024, 16384); at = random.randint(0, len(blob) - size)
        open(f'{d // 50}/{d}/{f}', 'wb').write(blob[at:at + size])"`;
/** A thousand files in each of so many folders, a few bytes in each. */
const thousands = (folders: number): string => `cd "$1" && mkdir data && cd data && python3 -c "
import os
for d in range(${folders}):
    os.mkdir(str(d))
    for f in range(1000): open(f'{d}/{f}', 'w').write(f'{d} {f}')"`;
const oneLarge = 'mkdir "$1/data" && head -c 4294967296 /dev/urandom >"$1/data/large"';
const realUsr = 'mkdir "$1/data" && cp -a /usr/bin /usr/lib "$1/data/"';

const prepare = (): void => {
  rmSync(copy, { recursive: true, force: true });
  execFileSync('sync');
  writeFileSync('/proc/sys/vm/drop_caches', '3');
};

const byHand = (name: string, image: string, command: string): Contender => ({
  name,
  prepare,
  command: [
    ...['unshare', '--mount', '--propagation', 'private', 'sh', '-ec'],
    `mount -o loop,ro,noload "$1" /proc/driver && mkdir -p "$2" && ${command} && sync -f "$2"`,
    ...['sh', image, copy],
  ],
});

const ratio = (ours: Timing | undefined, theirs: Timing | undefined, aim: number): string => {
  if (ours === undefined || theirs === undefined) return '';
  const times = theirs.medianMs / ours.medianMs;
  return `  ${times.toFixed(2)} times the rate of ${theirs.name} (aim ${aim}: ${times >= aim ? 'met' : 'MISSED'})`;
};

const raceCopies = (title: string, image: string, aims: readonly [cp: number, rsync: number]): void => {
  console.log(`\n${title}`);
  const contenders: Contender[] = [
    { name: 'sparekey recover', prepare, command: [sparekey, 'recover', '/data', '--disk', image, '--to', copy] },
    byHand('cp -a', image, 'cp -a /proc/driver/data "$2"'),
    byHand('rsync -a', image, 'rsync -a /proc/driver/data "$2"'),
  ];
  if (existsSync('/usr/bin/guestfish'))
    contenders.push({
      name: 'guestfish copy-out',
      prepare: () => {
        prepare();
        execFileSync('mkdir', [copy]);
      },
      command: ['guestfish', '--ro', '-a', image, '-m', '/dev/sda', 'copy-out', '/data', copy],
    });
  const timings = race(contenders, rounds);
  console.log(formatTimings(timings));
  console.log(ratio(timings[0], timings[1], aims[0]));
  console.log(ratio(timings[0], timings[2], aims[1]));
  rmSync(image);
};

const compareMemory = (): void => {
  console.log('\nMemory, from a thousand files to a million');
  const options = ['-b', '1024', '-N', '1100000', '-O', '^has_journal'];
  const images = [1, 1000].map((folders) => createImage(`${folders}.img`, 3 * 2 ** 30, thousands(folders), options));
  const names = ['a thousand files', 'a million files'];
  const command = (image: string) => [sparekey, 'recover', '/data', '--disk', image, '--to', copy];
  const timings = race(
    images.map((image, index): Contender => ({ name: names[index] ?? '', prepare, command: command(image) })),
    1,
  );
  console.log(formatTimings(timings));
  const [few, many] = timings.map(({ peakMegabytes }) => peakMegabytes);
  console.log(`  ${((many ?? 0) / (few ?? 1)).toFixed(2)} times the memory (aim: flat, and under 150 MB)`);
  for (const image of images) rmSync(image);
};

try {
  console.log(`Copying out, empty caches, ${statSync(sparekey).size >> 20} MiB binary`);
  raceCopies('100,000 files of 1–16 kB in 2,000 folders', createImage('small.img', 2 ** 31, manySmall), [1.2, 2]);
  raceCopies('One file of 4 GiB', createImage('large.img', 5 * 2 ** 30, oneLarge), [0.9, 0.9]);
  raceCopies('A real /usr (bin and lib)', createImage('usr.img', 12 * 2 ** 30, realUsr), [1.2, 2]);
  compareMemory();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
