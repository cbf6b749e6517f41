import { decodeBytes } from '../../formats/bytes.ts';
import { isLoginShell, type PasswdEntry } from '../../formats/passwd.ts';
import { classifyPasswordField } from '../../formats/password-field.ts';
import type { Account, AccountNote, Login } from '../../model/account.ts';
import type { AccountStore } from '../../model/system.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { readIfPossible } from '../look.ts';
import { isPath, join } from '../paths.ts';
import { type AccountFiles, type Credential, credentialFinder, readAccountFiles } from './account-files.ts';
import { ageingOf, isExpired, type Today } from './days.ts';
import { readToday } from './disk-time.ts';

/** Groups whose members may become root with their own password (sudo, polkit). */
const administratorGroups = new Set(['sudo', 'wheel', 'admin']);

/** In how many homes keys are looked for: a stranger's passwd may hold a hundred thousand accounts. */
const homesLookedInto = 1000;

/** The accounts that people log in to: root, and the user ids that login.defs sets apart for them. */
export const listPeople: AccountStore['list'] = async (tree, home, nowMs, writtenAtMs) =>
  listAccounts(tree, home, await readToday(tree, home, nowMs, writtenAtMs), isPerson);

/** All others: services, and people with ids out of that range (uid 500 on Container Linux, 70000 from a directory). */
export const listOthers: NonNullable<AccountStore['listOthers']> = async (tree, home, nowMs, writtenAtMs) =>
  listAccounts(tree, home, await readToday(tree, home, nowMs, writtenAtMs), (...each) => !isPerson(...each));

const listAccounts = async (
  tree: Tree,
  home: TreePath,
  today: Today,
  isWanted: (entry: PasswdEntry, files: AccountFiles) => boolean,
): Promise<readonly Account[]> => {
  const files = await readAccountFiles(tree, home);
  const credentialOf = credentialFinder(files);
  const timesUsed = Map.groupBy(files.passwd, ({ name }) => name);
  const isAdministrator = administratorTest(files);
  const accounts: Account[] = [];
  for (const name of timesUsed.keys()) {
    const credential = credentialOf(name);
    if (!credential || !isWanted(credential.passwd, files)) continue;
    const hasKey = accounts.length < homesLookedInto && (await hasAuthorizedKey(tree, home, credential));
    const notes = notesOf(credential, { hasKey, isDuplicate: (timesUsed.get(name)?.length ?? 0) > 1, today });
    const { fullName } = credential.passwd;
    accounts.push({
      name,
      realm: 'linux',
      ...(fullName === '' ? {} : { displayName: fullName }),
      isAdministrator: isAdministrator(credential.passwd),
      isOwner: false,
      login: loginOf(credential, notes, today),
      notes,
    });
  }
  return accounts;
};

const isPerson = ({ uid }: PasswdEntry, { loginDefs }: AccountFiles): boolean =>
  uid === 0 || (uid >= loginDefs.uidMin && uid <= loginDefs.uidMax);

const administratorTest = ({ groups }: AccountFiles): ((entry: PasswdEntry) => boolean) => {
  const administrating = groups.filter(({ name }) => administratorGroups.has(name));
  const members = new Set(administrating.flatMap((group) => group.members));
  const ids = new Set(administrating.map(({ gid }) => gid));
  return ({ name, uid, gid }) => uid === 0 || members.has(name) || ids.has(gid);
};

/** A line in authorized_keys that is no comment (sshd(8)), asked for only where no password opens the account. */
const hasAuthorizedKey = async (tree: Tree, home: TreePath, { passwd, field }: Credential): Promise<boolean> => {
  const kind = classifyPasswordField(field);
  if (kind === 'hash' || kind === 'empty' || !isPath(passwd.home)) return false;
  const bytes = await readIfPossible(tree, join(home, `${passwd.home.slice(1)}/.ssh/authorized_keys`));
  return bytes !== undefined && /^[ \t]*[^\s#]/m.test(decodeBytes(bytes));
};

interface Circumstances {
  readonly hasKey: boolean;
  readonly isDuplicate: boolean;
  readonly today: Today;
}

const notesOf = (credential: Credential, { hasKey, isDuplicate, today }: Circumstances): readonly AccountNote[] => {
  const { passwd, shadow, isInPasswd, field } = credential;
  const kind = classifyPasswordField(field);
  const notes: AccountNote[] = [];
  if (kind === 'locked') notes.push('locked');
  if (kind === 'empty') notes.push('no-password');
  if (shadow && isExpired(shadow, today)) notes.push('expired');
  if (shadow && ageingOf(shadow, today) !== 'fine') notes.push('password-expired');
  if (!isLoginShell(passwd.shell)) notes.push('no-login-shell');
  if (hasKey) notes.push('key-only');
  if (isDuplicate) notes.push('duplicate-name');
  if (isInPasswd) notes.push('hash-in-passwd');
  return notes;
};

const loginOf = ({ shadow, field }: Credential, notes: readonly AccountNote[], today: Today): Login => {
  if (notes.includes('expired') || notes.includes('no-login-shell')) return 'nothing';
  if (shadow && ageingOf(shadow, today) === 'closed') return 'nothing';
  if (notes.includes('no-password')) return 'anyone';
  if (notes.includes('key-only')) return 'key';
  return classifyPasswordField(field) === 'hash' ? 'password' : 'nothing';
};
