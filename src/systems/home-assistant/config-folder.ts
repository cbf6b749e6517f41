import { decodeBytes } from '../../formats/bytes.ts';
import type { Notice } from '../../model/plan.ts';
import type { Detection } from '../../model/system.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { kindAt, listIfPossible, readIfPossible, resolveIfPossible } from '../look.ts';
import { join } from '../paths.ts';

/** Where the account files of a configuration folder stand. */
export const storagePath = (home: TreePath, name: string): TreePath => join(home, `.storage/${name}`);

/** What Home Assistant leaves in its configuration folder at every start, and nobody else does. */
const traces = ['.HA_VERSION', '.storage/auth', '.storage/auth_provider.homeassistant'];

/** Home Assistant renames a store that it cannot parse: `auth.corrupt.2026-01-31T…` (helpers/storage.py). */
const corruptName = /^(auth|auth_provider\.homeassistant)\.corrupt\../;

const isConfigFolder = async (tree: Tree, path: TreePath): Promise<boolean> => {
  for (const trace of traces) if ((await kindAt(tree, join(path, trace))) === 'file') return true;
  return (await corruptStores(tree, path)).length > 0;
};

/** The folders among the candidates that Home Assistant has run in; links followed, each once. */
export const findConfigFolders = async (tree: Tree, candidates: readonly TreePath[]): Promise<readonly TreePath[]> => {
  const found = new Set<TreePath>();
  for (const candidate of candidates) {
    const folder = await resolveIfPossible(tree, candidate);
    if (folder !== undefined && !found.has(folder) && (await isConfigFolder(tree, folder))) found.add(folder);
  }
  return [...found];
};

/** A Home Assistant that runs in a configuration folder, by the version that last did. */
export const detectionOf = async (tree: Tree, name: string, home: TreePath): Promise<Detection> => {
  const version = await readVersion(tree, home);
  const notices = await corruptNotices(tree, home);
  return { name, home, ...(version === undefined ? {} : { version }), ...(notices.length > 0 ? { notices } : {}) };
};

/** One notice for each set-aside store. */
export const corruptNotices = async (tree: Tree, home: TreePath): Promise<readonly Notice[]> =>
  (await corruptStores(tree, home)).map((path) => ({ code: 'corrupt-store-beside', details: { path } }));

/** How many set-aside stores are told of; the newest first. */
const corruptTold = 4;

const corruptStores = async (tree: Tree, home: TreePath): Promise<readonly TreePath[]> => {
  const entries = await listIfPossible(tree, join(home, '.storage'));
  const names = entries.filter(({ kind, name }) => kind === 'file' && corruptName.test(name)).map(({ name }) => name);
  return names
    .sort()
    .reverse()
    .slice(0, corruptTold)
    .map((name) => storagePath(home, name));
};

/** What stands in `.HA_VERSION`: the Core that last started here. */
export const readVersion = async (tree: Tree, home: TreePath): Promise<string | undefined> => {
  const text = decodeBytes((await readIfPossible(tree, join(home, '.HA_VERSION'))) ?? new Uint8Array());
  return /^\d[\w.+-]{0,40}/.exec(text.trim())?.[0];
};
