import { closeSync, mkdirSync, openSync, renameSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, withFolder } from './tools.ts';

const mebibyte = 1 << 20;

export type ExtType = 'ext2' | 'ext3' | 'ext4';

export interface ExtOptions {
  readonly type?: ExtType;
  readonly sizeMebibytes?: number;
  readonly label?: string;
  /** Path → content. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Whatever else the tree needs: links, devices, modes, extended attributes. */
  readonly populate?: (root: string) => void;
  /** More options for mke2fs. */
  readonly options?: readonly string[];
}

/** Makes an image that is one file system, filled through mke2fs -d: no mount is needed. */
export const createExtImage = (path: string, options: ExtOptions = {}): string => {
  const { type = 'ext4', sizeMebibytes = 16, label = '', files = {}, populate, options: more = [] } = options;
  createSparse(path, sizeMebibytes);
  withFolder((root) => {
    writeFiles(root, files);
    populate?.(root);
    run('mke2fs', ['-q', '-F', '-t', type, '-I', '256', '-L', label, '-d', root, ...more, path]);
  });
  return path;
};

export const createSparse = (path: string, sizeMebibytes: number): void => {
  writeFileSync(path, '');
  truncateSync(path, sizeMebibytes * mebibyte);
};

export const writeFiles = (root: string, files: Readonly<Record<string, string | Uint8Array>>): void => {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
};

/** Overwrites bytes in place. */
export const poke = (path: string, offsetBytes: number, bytes: Uint8Array): void => {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, offsetBytes);
  closeSync(file);
};

/**
 * Makes of a clean image with a journal one whose machine was unplugged: copied while it was mounted, when what a shell
 * command had just changed stood in the journal only. Unless told, replaying the journal brings `/late` to light.
 */
export const unplug = (path: string, change = 'echo late >late && sync late'): void => {
  const copy = `${path}.unplugged`;
  // fsync, not sync: that would write what is new to its place as well.
  const script = `mount -n -o loop "$1" /proc/driver && cd /proc/driver && ${change} && cp "$1" "$2"`;
  run('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', path, copy]);
  renameSync(copy, path);
};

/** The error flag that a kernel sets when it meets damage. */
export const flagErrors = (path: string): void => {
  run('debugfs', ['-w', '-R', 'set_super_value state 2', path]);
};

export const sha256 = (path: string): string => run('sha256sum', ['--binary', path]).slice(0, 64);

/** A file of an ext image, read by e2fsprogs' own code. */
export const readWithDebugfs = (image: string, path: string): string => run('debugfs', ['-R', `cat ${path}`, image]);

/** Mode, owner, flags and every extended attribute, in the words of e2fsprogs' own code. */
export const attributesInImage = (image: string, path: string) => {
  const stat = run('debugfs', ['-R', `stat ${path}`, image]);
  const facts = ['Mode', 'Flags', 'User', 'Group', 'Links'].map(
    (name) => new RegExp(`${name}:\\s+(\\w+)`).exec(stat)?.[0],
  );
  const names =
    run('debugfs', ['-R', `ea_list ${path}`, image])
      .match(/^ {2}[\w.]+/gm)
      ?.toSorted() ?? [];
  const values = names.map((name) => run('debugfs', ['-R', `ea_get -x ${path} ${name.trim()}`, image]));
  return { facts, names, values };
};

/** What e2fsck has to complain about; nothing for a sound file system. */
export const complaintsOf = (image: string): string => {
  try {
    run('e2fsck', ['-f', '-n', image]);
    return '';
  } catch (error) {
    return String(error);
  }
};

/** The loop devices over a file: while it is mounted anywhere, in whatever namespace, there is one. */
export const loopsOver = (path: string): string => run('losetup', ['--associated', path]).trim();
