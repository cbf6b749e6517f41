import { decodeBytes } from '../../formats/bytes.ts';
import { parseOsRelease } from '../../formats/os-release.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { kindAt, readIfPossible } from '../look.ts';
import { join } from '../paths.ts';

/** Which Linux it is, as it says itself. */
export interface Release {
  /** os-release ID, lower case; `linux` where nothing says. */
  readonly id: string;
  /** os-release ID_LIKE: what it derives from, nearest first. */
  readonly idLike: readonly string[];
  readonly name: string;
  readonly version: string | undefined;
}

const unknownRelease: Release = { id: 'linux', idLike: [], name: 'Linux', version: undefined };
/** Names are shown in lists: a stranger's may be megabytes long. */
const longestText = 100;

/** What stands in os-release (os-release(5)), or in what older systems had before it. */
export const readRelease = async (tree: Tree, home: TreePath): Promise<Release | undefined> => {
  const release =
    (await readOsRelease(tree, join(home, 'etc/os-release'))) ??
    (await readOsRelease(tree, join(home, 'usr/lib/os-release'))) ??
    (await readRedHatRelease(tree, join(home, 'etc/redhat-release')));
  if (release) return release;
  const files = ['etc/passwd', 'etc/shadow'].map((file) => kindAt(tree, join(home, file)));
  return (await Promise.all(files)).every((kind) => kind === 'file') ? unknownRelease : undefined;
};

/** Debian's point release (`12.8`), which os-release leaves out; undefined for `trixie/sid`. */
export const readDebianVersion = async (tree: Tree, home: TreePath): Promise<string | undefined> => {
  const text = decodeBytes((await readIfPossible(tree, join(home, 'etc/debian_version'))) ?? new Uint8Array());
  return /^\d+(\.\d+)*/.exec(text)?.[0].slice(0, longestText);
};

const readOsRelease = async (tree: Tree, path: TreePath): Promise<Release | undefined> => {
  const bytes = await readIfPossible(tree, path);
  if (!bytes) return undefined;
  const fields = parseOsRelease(bytes);
  const text = (name: string) => fields.get(name)?.slice(0, longestText) || undefined;
  return {
    id: (text('ID') ?? unknownRelease.id).toLowerCase(),
    idLike: (text('ID_LIKE') ?? '')
      .toLowerCase()
      .split(/\s+/)
      .filter((id) => id !== ''),
    name: text('NAME') ?? unknownRelease.name,
    version: text('VERSION_ID'),
  };
};

/** `CentOS release 6.10 (Final)`: Red Hat 6 and older have no os-release. */
const readRedHatRelease = async (tree: Tree, path: TreePath): Promise<Release | undefined> => {
  const text = decodeBytes((await readIfPossible(tree, path)) ?? new Uint8Array());
  const [, name, version] = /^([^\n]{1,60}?) release (\d[\d.]{0,20})/.exec(text) ?? [];
  if (name === undefined) return undefined;
  return { id: name.startsWith('Fedora') ? 'fedora' : 'rhel', idLike: [], name, version };
};
