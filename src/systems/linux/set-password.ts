import { encodeBytes } from '../../formats/bytes.ts';
import { cryptScheme } from '../../formats/crypt-hash.ts';
import type { LoginDefs } from '../../formats/login-defs.ts';
import { isLoginShell, withPasswdPassword } from '../../formats/passwd.ts';
import { classifyPasswordField } from '../../formats/password-field.ts';
import { type ShaScheme, shaCrypt, shaSalt } from '../../formats/sha-crypt.ts';
import { type ShadowChange, withShadowChange, withShadowLine } from '../../formats/shadow.ts';
import type { ReplacingEdit } from '../../model/edit.ts';
import { RescueError } from '../../model/errors.ts';
import type { Effect, Notice } from '../../model/plan.ts';
import { PasswordHash } from '../../model/secret.ts';
import type { AccountStore, SetPasswordOptions } from '../../model/system.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { type AccountFiles, type Credential, credentialFinder, groupsOf, readAccountFiles } from './account-files.ts';
import { dateOf, isExpired, newDaysOf, type Today } from './days.ts';
import { readToday } from './disk-time.ts';
import { keepsOldPassword } from './keyring.ts';
import { readRelease } from './release.ts';
import { refusesRootPassword } from './root-ssh.ts';

/** The edit that sets an account's password, in shadow or where else its hash stands. @throws RescueError account-locked */
export const setPassword: AccountStore['setPassword'] = async (tree, home, { name }, secret, options) => {
  const files = await readAccountFiles(tree, home);
  const credential = credentialFinder(files)(name);
  if (!credential) throw new RescueError('no-such-account', { user: name, accounts: [] });
  const isLocked = classifyPasswordField(credential.field) === 'locked';
  if (isLocked && !options.unlock) throw new RescueError('account-locked', { user: name });

  const { scheme, hash } =
    secret instanceof PasswordHash
      ? readyHash(files, name, secret.reveal())
      : newHash(files, encodeBytes(secret.reveal()), options.randomBytes);
  const today = await readToday(tree, home, options.nowMs, options.writtenAtMs);
  const edit = editFor(files, credential, hash, today);
  const effects: readonly Effect[] = [
    { kind: 'set-password', user: name, scheme },
    ...(isLocked ? [{ kind: 'lift-lock', user: name } as const] : []),
    ...edit.effects,
  ];
  return { edits: [{ ...edit, effects }], warnings: await warningsFor(tree, home, files, credential, today) };
};

const newHash = ({ loginDefs }: AccountFiles, password: Uint8Array, randomBytes: SetPasswordOptions['randomBytes']) => {
  const scheme = schemeFor(loginDefs);
  return { scheme, hash: shaCrypt(password, { scheme, salt: shaSalt(randomBytes) }) };
};

/** A hash made elsewhere must be of a kind that every libc takes, or that this system uses already. @throws RescueError hash-unusable */
const readyHash = ({ shadow, loginDefs }: AccountFiles, user: string, hash: string) => {
  const scheme = cryptScheme(hash);
  const used = shadow.flatMap((entry) => cryptScheme(entry.hash) ?? []);
  const own = loginDefs.encryptMethod?.toLowerCase();
  const accepted = [...new Set([...everywhere, ...used, ...(own === 'yescrypt' ? [own] : [])])];
  if (scheme === undefined || !accepted.includes(scheme)) throw new RescueError('hash-unusable', { user, accepted });
  return { scheme, hash };
};

const everywhere: readonly ShaScheme[] = ['sha512crypt', 'sha256crypt'];

/**
 * $6$, which every libc of the last fifteen years takes, unless the system asks for $5$. Where it would choose yescrypt
 * itself, $6$ is still accepted (crypt(5)), and also by the next system that reads the disk.
 */
const schemeFor = ({ encryptMethod }: LoginDefs): ShaScheme =>
  encryptMethod === 'SHA256' ? 'sha256crypt' : 'sha512crypt';

const editFor = (files: AccountFiles, credential: Credential, hash: string, today: Today): ReplacingEdit => {
  const { passwd, shadow, isInPasswd } = credential;
  if (isInPasswd) {
    return { path: files.passwdPath, content: withPasswdPassword(files.passwdBytes, passwd, hash), effects: [] };
  }
  const path = files.shadowPath;
  if (!files.shadowBytes) throw new RescueError('file-missing', { path });
  const user = passwd.name;
  if (!shadow) {
    const changedDay = today.isClockRight || today.isFromDisk ? today.day : undefined;
    const content = withShadowLine(files.shadowBytes, user, hash, changedDay);
    return { path, content, effects: [{ kind: 'add-shadow-line', user }] };
  }
  const { changedDay, isExpiryCleared, cleared } = newDaysOf(shadow, today);
  const change: ShadowChange = {
    hash,
    ...(changedDay === shadow.changedDay ? {} : { changedDay }),
    ...Object.fromEntries(cleared.map((field) => [field, undefined])),
    ...(isExpiryCleared ? { expiryDay: undefined } : {}),
  };
  const effects: readonly Effect[] = [
    ...(isExpiryCleared ? [{ kind: 'clear-expiry', user } as const] : []),
    ...(cleared.length > 0 ? [{ kind: 'clear-ageing', user } as const] : []),
  ];
  return { path, content: withShadowChange(files.shadowBytes, shadow, change), effects };
};

/** What may still keep the door shut, or open it less than hoped for. */
const warningsFor = async (
  tree: Tree,
  home: TreePath,
  files: AccountFiles,
  { passwd, shadow }: Credential,
  today: Today,
): Promise<readonly Notice[]> => {
  const user = passwd.name;
  const notices: Notice[] = [];
  if (!isLoginShell(passwd.shell)) notices.push({ code: 'account-note', details: { user, note: 'no-login-shell' } });
  if (files.passwd.filter(({ name }) => name === user).length > 1) {
    notices.push({ code: 'account-note', details: { user, note: 'duplicate-name' } });
  }
  if (passwd.uid === 0 && (await refusesRootPassword(tree, home, { name: user, groups: groupsOf(files, passwd) })))
    notices.push({ code: 'root-ssh', details: {} });
  if (await keepsOldPassword(tree, home, passwd.home)) notices.push({ code: 'keyring-keeps-old', details: { user } });
  if (!today.isClockRight) notices.push({ code: 'clock-absurd', details: {} });
  const date = shadow && !today.isClockRight && !isExpired(shadow, today) ? dateOf(shadow.expiryDay) : undefined;
  if (date !== undefined) notices.push({ code: 'may-have-expired', details: { user, date } });
  // NixOS with mutableUsers = false writes shadow anew at every activation.
  const release = await readRelease(tree, home);
  if (release?.id === 'nixos') notices.push({ code: 'rewritten-at-boot', details: { system: release.name } });
  return notices;
};
