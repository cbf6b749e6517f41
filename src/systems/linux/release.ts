import { parseOsRelease, type Release } from '../../formats/os-release.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { kindAt, readIfPossible } from '../look.ts';
import { join } from '../paths.ts';
import { readOlderRelease } from './older-release.ts';

const unknownRelease: Release = { id: 'linux', idLike: [], name: 'Linux', version: undefined };
/** Names are shown in lists: a stranger's may be megabytes long. */
const longestText = 100;

/** What stands in os-release (os-release(5)), or in what older systems had before it. */
export const readRelease = async (tree: Tree, home: TreePath): Promise<Release | undefined> => {
  const release =
    (await readOsRelease(tree, join(home, 'etc/os-release'))) ??
    (await readOsRelease(tree, join(home, 'usr/lib/os-release'))) ??
    (await readOlderRelease(tree, home));
  // What gave itself a name but no ID (os-release(5) has `linux` for that) is told by the older files, if by any.
  if (release?.id === unknownRelease.id)
    return { ...release, id: (await readOlderRelease(tree, home))?.id ?? release.id };
  if (release) return release;
  const files = ['etc/passwd', 'etc/shadow'].map((file) => kindAt(tree, join(home, file)));
  return (await Promise.all(files)).every((kind) => kind === 'file') ? unknownRelease : undefined;
};

const readOsRelease = async (tree: Tree, path: TreePath): Promise<Release | undefined> => {
  const bytes = await readIfPossible(tree, path);
  if (!bytes) return undefined;
  const fields = parseOsRelease(bytes);
  const text = (name: string) => fields.get(name)?.slice(0, longestText) || undefined;
  // A power cut may have left it empty: then another file knows.
  if (!text('ID') && !text('NAME') && !text('PRETTY_NAME')) return undefined;
  // `VERSION="12 (bookworm)"` is the only one that some systems have.
  const version = text('VERSION_ID') ?? /^\d[^\s(,]*/.exec(text('VERSION') ?? '')?.[0];
  return {
    id: (text('ID') ?? unknownRelease.id).toLowerCase(),
    idLike: (text('ID_LIKE') ?? '')
      .toLowerCase()
      .split(/\s+/)
      .filter((id) => id !== ''),
    name: text('NAME') ?? withoutVersion(text('PRETTY_NAME'), version) ?? unknownRelease.name,
    version,
  };
};

/** `Fedora 33 (Workstation Edition)` is Fedora, version 33. */
const withoutVersion = (prettyName: string | undefined, version: string | undefined): string | undefined => {
  const at = version === undefined ? -1 : (prettyName?.indexOf(` ${version}`) ?? -1);
  return at > 0 ? prettyName?.slice(0, at) : prettyName;
};
