import { readdir, readFile, stat } from 'node:fs/promises';
import { readIdentity } from '../medium/identity.ts';

/** Twice a second would be seen by nobody; every two would break the promise of two seconds. */
const intervalMs = 700;

/**
 * What is plugged in, as one string that changes when it does. The kernel's own list is read instead of asking udev,
 * which may not be there, and instead of opening devices, which would wake sleeping disks. A card that is exchanged for
 * one of the same size gets a new sequence number (Linux, Documentation/ABI/stable/sysfs-block: diskseq).
 */
export const fingerprintDisks = async (partitions = '/proc/partitions', blocks = '/sys/block'): Promise<string> => {
  const lines = (await readFile(partitions, 'utf8')).split('\n').filter((line) => !isOwnAffair(line));
  const disks = (await readdir(blocks)).filter((name) => !isOwnAffair(` ${name}`)).sort();
  const sequences = disks.map((name) => readFile(`${blocks}/${name}/diskseq`, 'utf8').catch(() => ''));
  return [...lines, ...disks, ...(await Promise.all(sequences))].join('\n');
};

/** Loop devices come and go while images are looked into; memory disks are nobody's patient. */
const isOwnAffair = (line: string): boolean => /\s(loop|ram|zram)\d+(p\d+)?\s*$/.test(line);

const fingerprintSource = async (path: string): Promise<string> => {
  try {
    const { dev, ino, rdev, size } = await stat(path);
    return `${path} ${dev} ${ino} ${rdev} ${size}`;
  } catch {
    return `${path} gone`;
  }
};

/** Any disk; and that one of them turned out to be the medium that this machine was started from. */
const fingerprintMachine = async (): Promise<string> => `${await fingerprintDisks()} ${await readIdentity()}`;

/** Calls `onChange` each time something was plugged in or pulled: any disk, or, where sources are named, one of those. */
export const watchDisks = (sources: readonly string[], onChange: () => void): Disposable => {
  const take = async () =>
    [
      ...(await Promise.all(sources.map(fingerprintSource))),
      sources.length > 0 ? '' : await fingerprintMachine(),
    ].join();
  let last: string | undefined;
  let isTaking = false;
  const check = async () => {
    // A dying disk can hold the kernel up: one question at a time.
    if (isTaking) return;
    isTaking = true;
    try {
      const now = await take();
      if (last !== undefined && now !== last) onChange();
      last = now;
    } finally {
      isTaking = false;
    }
  };
  void check();
  const timer = setInterval(() => void check(), intervalMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
};
