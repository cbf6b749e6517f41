import { standingOf, withAuthorizedKey } from '../formats/authorized-keys.ts';
import type { CreatingEdit, Edit } from '../model/edit.ts';
import type { PublicKey } from '../model/public-key.ts';
import type { Tree, TreePath } from '../model/tree.ts';

/** Whom a key is to let in. */
export interface KeyFor {
  readonly user: string;
  readonly key: PublicKey;
}

/**
 * The edits that put a key into a file of authorized keys, or make that file; none where it stands there openly.
 * @param creationOf what the file is made with where it is missing
 * @returns `isRestricted`: the key stands there with conditions, and the new line comes before it
 */
export const authorizedKeysEdits = async (
  tree: Tree,
  path: TreePath,
  { user, key }: KeyFor,
  creationOf: () => Promise<Omit<CreatingEdit, 'content' | 'effects'>>,
): Promise<{ readonly edits: readonly Edit[]; readonly isRestricted: boolean }> => {
  const effects = [{ kind: 'authorize-key', user, fingerprint: key.fingerprint, comment: key.comment }] as const;
  if ((await tree.status(path)) === undefined) {
    const content = withAuthorizedKey(new Uint8Array(), key);
    return { edits: [{ ...(await creationOf()), content, effects }], isRestricted: false };
  }
  const content = (await tree.read(path)) ?? new Uint8Array();
  const standing = standingOf(content, key);
  if (standing === 'open') return { edits: [], isRestricted: false };
  return {
    edits: [{ path, content: withAuthorizedKey(content, key), effects }],
    isRestricted: standing === 'restricted',
  };
};

/** Whether a key stands openly in a file of authorized keys. */
export const isAuthorizedIn = async (tree: Tree, path: TreePath, key: PublicKey): Promise<boolean> => {
  const content = await tree.read(path);
  return content !== undefined && standingOf(content, key) === 'open';
};
