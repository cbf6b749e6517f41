import { isLoginShell, type PasswdEntry } from '../../formats/passwd.ts';
import type { CreatingEdit } from '../../model/edit.ts';
import { RescueError } from '../../model/errors.ts';
import type { NewFolder, Notice } from '../../model/plan.ts';
import type { KeyStore } from '../../model/system.ts';
import type { FileAttributes, Tree, TreePath } from '../../model/tree.ts';
import { authorizedKeysEdits, isAuthorizedIn } from '../authorized-keys.ts';
import { isPath, join, parentOf } from '../paths.ts';
import { credentialFinder, groupsOf, readAccountFiles } from './account-files.ts';
import { readSshdConfiguration } from './sshd/configuration.ts';
import { evaluateSshd } from './sshd/evaluate.ts';
import { keyFilesOf } from './sshd/key-files.ts';
import type { SshdKeyword } from './sshd/keywords.ts';
import type { SshdOptions } from './sshd/options.ts';
import { type KeyOwner, keyFileFault, ownGroupTest } from './sshd/strict-modes.ts';
import { isDebians } from './sshd/version.ts';

/** Who gets in over SSH with a key, on a Linux whose sshd is OpenSSH's. */
export const linuxKeys: KeyStore = {
  authorize: async (tree, home, { name }, key) => {
    const door = await openDoor(tree, home, name);
    const { path, user } = door;
    const warnings = await warningsFor(tree, door);
    const { edits, isRestricted } = await authorizedKeysEdits(tree, path, { user: user.name, key }, () =>
      creationOf(tree, door),
    );
    return { edits, warnings: isRestricted ? [...warnings, { code: 'key-restricted', details: { path } }] : warnings };
  },

  isAuthorized: async (tree, home, { name }, key) => {
    const { path } = await openDoor(tree, home, name);
    return await isAuthorizedIn(tree, path, key);
  },
};

/** An account as sshd sees it, and the file in which it looks for the account's keys. */
interface Door {
  readonly user: PasswdEntry;
  /** What sshd's configuration says of this account; undefined where there is none. */
  readonly options: SshdOptions | undefined;
  /** The account's home in the tree. */
  readonly userHome: TreePath;
  readonly path: TreePath;
  readonly owner: KeyOwner;
}

/** @throws RescueError no-such-account, home-missing, keys-refused, keys-unsafe */
const openDoor = async (tree: Tree, home: TreePath, name: string): Promise<Door> => {
  const files = await readAccountFiles(tree, home);
  const user = credentialFinder(files)(name)?.passwd;
  if (!user) throw new RescueError('no-such-account', { user: name, accounts: [] });
  const userHome = isPath(user.home) ? join(home, user.home.slice(1)) : undefined;
  const status = userHome === undefined ? undefined : await tree.status(userHome);
  if (userHome === undefined || status?.kind !== 'directory')
    throw new RescueError('home-missing', { user: name, path: user.home });
  const configuration = await readSshdConfiguration(tree, home);
  const options =
    configuration && evaluateSshd(configuration, { user: { name, groups: groupsOf(files, user) } }).options;
  const saying = options?.get('authorizedkeysfile')?.[0];
  const [path] = keyFilesOf(options, home, user);
  if (path === undefined) {
    const { path: configured = '', line = 0 } = saying?.line ?? {};
    throw new RescueError('keys-refused', { user: name, path: configured, line });
  }
  await assertSafe(tree, { user, userHome, path });
  const gids = files.groups.filter(({ members }) => members.includes(name)).map(({ gid }) => gid);
  const isOwnGroup = isDebians(configuration?.program) ? ownGroupTest(files, user.uid) : undefined;
  const owner = { passwd: user, gids: [user.gid, ...gids], userHome, isOwnGroup };
  return { user, options, userHome, path, owner };
};

/**
 * Nothing is written through a link that somebody put on the way, nor over what is no file.
 * @throws RescueError keys-unsafe
 */
const assertSafe = async (
  tree: Tree,
  { user, userHome, path }: { readonly user: PasswdEntry; readonly userHome: TreePath; readonly path: TreePath },
): Promise<void> => {
  const unsafe = (at: TreePath) => new RescueError('keys-unsafe', { user: user.name, path: at });
  const start = path.startsWith(`${userHome}/`) ? userHome : '/';
  const realStart = (await tree.resolve(start)) ?? start;
  const parts = path.slice(start === '/' ? 1 : start.length + 1).split('/');
  if (parts.some((part) => part === '..')) throw unsafe(path);
  let at = start;
  let expected = realStart;
  for (const [index, part] of parts.entries()) {
    at = join(at, part);
    expected = join(expected, part);
    const status = await tree.status(at);
    if (status === undefined) {
      // A link that leads nowhere is there all the same.
      const names = await tree.list(parentOf(at)).catch(() => []);
      if (names.some((entry) => entry.name === part)) throw unsafe(at);
      return;
    }
    const isLast = index === parts.length - 1;
    const isLinked = start !== '/' && (await tree.resolve(at)) !== expected;
    if (isLinked || status.kind !== (isLast ? 'file' : 'directory')) throw unsafe(at);
  }
};

/** What is missing is made as ssh-copy-id(1) and sshd's StrictModes want it: the account's own, closed to others. */
const creationOf = async (
  tree: Tree,
  { user, userHome, path }: Door,
): Promise<Omit<CreatingEdit, 'content' | 'effects'>> => {
  const isOwn = path.startsWith(`${userHome}/`);
  const owner = isOwn ? { uid: user.uid, gid: user.gid } : { uid: 0, gid: 0 };
  const missing: TreePath[] = [];
  for (let folder = parentOf(path); (await tree.status(folder)) === undefined; folder = parentOf(folder))
    missing.unshift(folder);
  const label = await labelFor(tree, { isOwn, userHome, parent: parentOf(missing[0] ?? path) });
  const labelled = (mode: number): FileAttributes => ({ ...owner, mode, ...(label !== undefined && { label }) });
  const folders: readonly NewFolder[] = missing.map((folder) => ({
    path: folder,
    attributes: labelled(isOwn ? 0o700 : 0o755),
  }));
  return { kind: 'create', path, attributes: labelled(isOwn ? 0o600 : 0o644), folders };
};

/**
 * In a home it is ssh_home_t, with the user and the level of the home itself (selinux-policy, ssh.fc), elsewhere that of
 * the folder around it; none on a system without labels.
 */
const labelFor = async (
  tree: Tree,
  { isOwn, userHome, parent }: { readonly isOwn: boolean; readonly userHome: TreePath; readonly parent: TreePath },
): Promise<string | undefined> => {
  const around = await tree.label(isOwn ? userHome : parent);
  if (around === undefined || !isOwn) return around;
  const [seUser, role, , ...level] = around.split(':');
  return [seUser, role, 'ssh_home_t', ...level].join(':');
};

/** What may keep the door shut although the key is right. */
const warningsFor = async (tree: Tree, { user, options, path, owner }: Door): Promise<Notice[]> => {
  const notices: Notice[] = [];
  const { name } = user;
  if (!isLoginShell(user.shell))
    notices.push({ code: 'account-note', details: { user: name, note: 'no-login-shell' } });
  if (options === undefined) return [...notices, { code: 'no-ssh-server', details: {} }];
  const refusing: readonly (readonly [keyword: SshdKeyword, setting: string])[] = [
    ['pubkeyauthentication', 'PubkeyAuthentication no'],
    ...(user.uid === 0 ? ([['permitrootlogin', 'PermitRootLogin no']] as const) : []),
  ];
  for (const [keyword, setting] of refusing) {
    const saying = options.get(keyword)?.[0];
    if (saying?.values[0] === 'no') {
      const { path: file, line } = saying.line;
      notices.push({ code: 'ssh-setting', details: { user: name, path: file, line, setting } });
    }
  }
  const isStrict = options.get('strictmodes')?.[0]?.values[0] !== 'no';
  const fault = await keyFileFault(tree, path, owner, isStrict);
  if (fault !== undefined) notices.push({ code: 'strict-modes', details: { user: name, path: fault.path } });
  return notices;
};
