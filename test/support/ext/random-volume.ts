import { existsSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { run, withFolder } from '../tools.ts';
import type { Line } from './read-ext.ts';
import type { Variant } from './variants.ts';

const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const [writer, reader] = [program('write-tree.py'), program('read-tree.py')];

/** Where there is a folder in memory, that: thousands of volumes are made one after the other. */
const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A path for an image. */
export const scratchImage = (name: string): string => `${parent}/sparekey-${name}-${process.pid}.img`;

/** Makes an empty volume. */
export const format = (
  image: string,
  { options, sizeMebibytes }: Pick<Variant, 'options' | 'sizeMebibytes'>,
  more: readonly string[] = [],
): void => {
  writeFileSync(image, '');
  truncateSync(image, sizeMebibytes * 2 ** 20);
  run('mke2fs', ['-q', '-F', ...options, ...more, image]);
};

/** Runs a shell command with a mounted image, where nobody else sees it; `$2` is the folder. */
const mounted = (image: string, options: string, command: string, ...args: readonly string[]): string =>
  withFolder((folder) => {
    const script = `mount -n -o "$3" "$1" "$2" && { ${command}; status=$?; umount -n "$2" && exit $status; }`;
    const inside = ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', image, folder, options, ...args];
    return run('unshare', inside);
  });

/** Lets the kernel write a random tree into a volume. */
export const fill = (image: string, seed: number): void => {
  mounted(image, 'loop', 'python3 "$4" "$5" "$2"', writer, String(seed));
};

/**
 * Makes of an image one whose machine was unplugged: copied while it was mounted, when a shell command had just done its
 * work in `$2`. The command must have flushed what is to be found.
 */
export const unplugged = (image: string, options: string, command: string): void => {
  const copy = `${image}.unplugged`;
  mounted(image, options, `(${command}) && cp "$1" "$4"`, copy);
  renameSync(copy, image);
};

/** What the kernel finds on a volume. */
export const linesOfKernel = (image: string, options = 'loop,ro'): readonly Line[] =>
  parseLines(mounted(image, options, 'python3 "$4" "$2"', reader));

const parseLines = (text: string): readonly Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** Lets the kernel write a random tree somewhere, and mke2fs copy that into a new volume. */
export const formatWithTree = (image: string, variant: Variant, seed: number): void => {
  withFolder((folder) => {
    run('python3', [writer, String(seed), folder, 'few']);
    format(image, variant, ['-d', folder]);
  }, parent);
};

/** What debugfs finds on a volume: names, kinds, modes, sizes, content and links. What is none of those it leaves out. */
export const linesOfDebugfs = (image: string): readonly Line[] =>
  withFolder((folder) => {
    run('debugfs', ['-R', `rdump / ${folder}`, image]);
    return parseLines(run('python3', [reader, folder]));
  }, parent);
