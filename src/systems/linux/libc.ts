import type { Tree, TreePath } from '../../model/tree.ts';
import { listIfPossible } from '../look.ts';
import { join } from '../paths.ts';

/** The C library of a system, and the password hashes that its crypt(3) knows. */
export interface Libc {
  /** As people call it: `musl`, `glibc 2.5`. */
  readonly name: string;
  /** By the names of formats/crypt-hash.ts. */
  readonly knows: (scheme: string) => boolean;
}

const oldSchemes = ['md5crypt'];
const shaSchemes = [...oldSchemes, 'sha256crypt', 'sha512crypt'];

/** The folders that hold libraries, and, below them, one for each kind of processor (Debian). */
const folders = ['lib', 'lib64', 'usr/lib', 'usr/lib64'];
const triplet = /^[a-z0-9_]+-linux-(gnu|musl)/;

/**
 * Which libc a system has, where its files tell: musl knows bcrypt and SHA crypt (crypt(3) of musl), glibc's own crypt
 * SHA crypt from 2.7 on (release notes), libxcrypt everything (crypt(5)). Undefined where nothing tells.
 */
export const libcOf = async (tree: Tree, home: TreePath): Promise<Libc | undefined> => {
  const names = new Set<string>();
  for (const folder of folders) {
    const entries = await listIfPossible(tree, join(home, folder));
    for (const { name } of entries) names.add(name);
    for (const { name } of entries.filter((entry) => triplet.test(entry.name)).slice(0, 8))
      for (const each of await listIfPossible(tree, join(home, `${folder}/${name}`))) names.add(each.name);
  }
  return recognise([...names]);
};

const recognise = (names: readonly string[]): Libc | undefined => {
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  // libcrypt-2.28.so is the file behind glibc's libcrypt.so.1; libxcrypt's are called libcrypt.so.1.1.0 and libcrypt.so.2.
  if (has(/^libcrypt\.so\.(1\.\d|2)/)) return undefined;
  const [version] = names.flatMap((name) => /^libcrypt-2\.(\d{1,3})(\.\d+)?\.so$/.exec(name)?.[1] ?? []);
  if (version !== undefined) {
    const known = Number(version) < 7 ? oldSchemes : shaSchemes;
    // SUSE and Openwall gave theirs bcrypt: it is not said to be unknown.
    return { name: `glibc 2.${version}`, knows: (scheme) => scheme === 'bcrypt' || known.includes(scheme) };
  }
  if (has(/^ld-musl-/)) return { name: 'musl', knows: (scheme) => scheme === 'bcrypt' || shaSchemes.includes(scheme) };
  return undefined;
};
