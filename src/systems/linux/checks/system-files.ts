import { parseShadow } from '../../../formats/shadow.ts';
import type { Cure, Door, Finding } from '../../../model/finding.ts';
import type { FileAttributes, TreePath } from '../../../model/tree.ts';
import { readIfPossible, statusIfPossible } from '../../look.ts';
import { join } from '../../paths.ts';
import { allDoors } from './password.ts';
import type { LinuxSubject } from './subject.ts';

/** /etc/nologin keeps everybody but root out (nologin(5)); the one in /run is gone after a restart. */
export const checkNologin = async ({ tree, home }: LinuxSubject): Promise<readonly Finding[]> => {
  const path = join(home, 'etc/nologin');
  const status = await statusIfPossible(tree, path);
  if (status?.kind !== 'file') return [];
  const attributes = await attributesOf({ tree, path });
  const doors: readonly Door[] = ['console', 'desktop', 'ssh-password', 'ssh-key'];
  const effects = [{ kind: 'let-people-in' }] as const;
  const cure: Cure = { edits: [{ kind: 'remove', path, attributes, folders: [], effects }], isOwnLock: false };
  const base = { path, doors, isShut: true, certainty: 'certain' } as const;
  return [{ ...base, id: 'nologin-file', code: 'nologin-file', details: {}, cure }];
};

const attributesOf = async ({
  tree,
  path,
}: Pick<LinuxSubject, 'tree'> & { readonly path: TreePath }): Promise<FileAttributes> => {
  const status = await statusIfPossible(tree, path);
  const label = await tree.label(path);
  const { uid, gid, mode } = status ?? { uid: 0, gid: 0, mode: 0o600 };
  return { uid, gid, mode, ...(label !== undefined && { label }) };
};

/** What shadow's own tools and Debian's daily job leave beside it (passwd(5), /usr/libexec/dpkg/dpkg-db-backup). */
const copies = ['etc/shadow-', 'var/backups/shadow.bak'];

/** No passwords at all: the file that holds them is missing or empty. */
export const checkShadowFile = async (subject: LinuxSubject): Promise<readonly Finding[]> => {
  const { tree, home, files } = subject;
  const { passwd, shadowBytes, shadowPath: path, shadow } = files;
  const isWanted = passwd.some(({ password }) => password === 'x');
  if (!isWanted || shadow.length > 0) return [];
  const copy = await findCopy(subject);
  const details = copy ? { copy: copy.path } : {};
  const base = { path, details, doors: allDoors, isShut: true, certainty: 'certain' } as const;
  const effects = copy ? ([{ kind: 'restore-from', copy: copy.path }] as const) : [];
  if (shadowBytes) {
    const cure = copy && {
      edits: [{ kind: 'amend', path, amend: () => copy.content, effects } as const],
      isOwnLock: false,
    };
    return [{ ...base, id: 'shadow-empty', code: 'shadow-empty', ...(cure && { cure }) }];
  }
  // gshadow belongs to the same people, and is the same secret.
  const model = (await statusIfPossible(tree, join(home, 'etc/gshadow'))) ? 'etc/gshadow' : undefined;
  const attributes = await attributesOf({ tree, path: model ? join(home, model) : (copy?.path ?? path) });
  const edit = copy && ({ kind: 'create', path, content: copy.content, attributes, folders: [], effects } as const);
  const cure = edit && { edits: [edit], isOwnLock: false };
  return [{ ...base, id: 'shadow-missing', code: 'shadow-missing', ...(cure && { cure }) }];
};

/** The first copy that still holds accounts. */
const findCopy = async ({ tree, home }: LinuxSubject) => {
  for (const each of copies) {
    const path = join(home, each);
    const content = await readIfPossible(tree, path);
    if (content && parseShadow(content).length > 0) return { path, content };
  }
  return undefined;
};
