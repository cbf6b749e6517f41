import type { Account } from '../../model/account.ts';
import { RescueError } from '../../model/errors.ts';
import type { KeyStore, Piece, Place } from '../../model/system.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { authorizedKeysEdits, isAuthorizedIn } from '../authorized-keys.ts';
import { kindAt } from '../look.ts';

/** Where the appliance mounts its overlay partition (home-assistant/operating-system: mnt-overlay.mount). */
const overlay: TreePath = '/mnt/overlay';

/** Laid over root's own folder when it runs (root-.ssh.mount). */
const folder: TreePath = `${overlay}/root/.ssh`;
const path: TreePath = `${folder}/authorized_keys`;

const root: Account = {
  ...{ name: 'root', realm: 'linux', isAdministrator: true, isOwner: false, login: 'key', notes: ['key-only'] },
};

/** What is missing is made as the appliance makes it: for root alone. */
const folders = [`${overlay}/root`, folder].map((each) => ({
  path: each,
  attributes: { uid: 0, gid: 0, mode: 0o700 },
}));

/** Who gets into the appliance itself: dropbear on port 22222, with keys only, and root is the only account. */
export const hostKeys: KeyStore = {
  listOthers: async () => [root],

  authorize: async (tree, _home, { name }, key) => {
    await assertRoot(tree, name);
    const creation = { kind: 'create', path, attributes: { uid: 0, gid: 0, mode: 0o600 }, folders } as const;
    const { edits, isRestricted } = await authorizedKeysEdits(tree, path, { user: name, key }, async () => creation);
    return {
      edits,
      warnings: [
        ...(isRestricted ? [{ code: 'key-restricted', details: { path } } as const] : []),
        { code: 'config-stick', details: {} },
      ],
    };
  },

  isAuthorized: async (tree, _home, { name }, key) => name === root.name && (await isAuthorizedIn(tree, path, key)),
};

/** Nothing is written through a link that somebody put there. @throws RescueError no-such-account, file-missing, keys-unsafe */
const assertRoot = async (tree: Tree, user: string): Promise<void> => {
  if (user !== root.name) throw new RescueError('no-such-account', { user, accounts: [root.name] });
  // A data disk by itself has none.
  if ((await kindAt(tree, overlay)) !== 'directory') throw new RescueError('file-missing', { path: overlay });
  for (const each of [...folders.map((made) => made.path), path]) {
    const real = await tree.resolve(each);
    if (real !== undefined && real !== each) throw new RescueError('keys-unsafe', { user, path: each });
  }
};

/** The overlay partition of the same disk, where the running system has it; none where it cannot be looked into. */
export const overlayPieces = async (
  { siblings, withSibling }: Place,
  isOverlay: (volume: Piece['layers'][number]['volume']) => boolean,
): Promise<readonly Piece[]> => {
  const volume = siblings.find(isOverlay);
  const canLook = volume && (await withSibling(volume, async () => true));
  return volume && canLook ? [{ at: overlay, layers: [{ volume, folder: '/' }] }] : [];
};
