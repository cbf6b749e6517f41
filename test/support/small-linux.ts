import type { Account } from '../../src/model/account.ts';
import { Secret } from '../../src/model/secret.ts';
import { linuxAccounts } from '../../src/systems/linux/accounts.ts';
import { type FixtureFiles, memoryTree } from './fixture-tree.ts';
import { seededRandom } from './random.ts';

/** Days since 1970, as shadow counts them. */
export const day = (date: string): number => Date.parse(`${date}T12:00:00Z`) / 86_400_000 - 0.5;
/** The day on which these tests take place. */
export const today = '2026-11-21';
export const nowMs = Date.parse(`${today}T09:00:00Z`);
/** What a Raspberry Pi shows three minutes after it was switched on, without a network. */
export const noClockMs = Date.UTC(1970, 0, 1, 0, 3);

export const root = 'root:x:0:0:root:/root:/bin/bash\n';
export const hash = '$6$salt$hash';
/** A Linux with root and whatever else a test adds to the two files. */
export const linux = (passwd: string, shadow: string, more: FixtureFiles = {}) =>
  memoryTree({ '/etc/passwd': root + passwd, '/etc/shadow': `root:${hash}:19000::::::\n${shadow}`, ...more });
export const bob = 'bob:x:1000:1000:Bob,,,:/home/bob:/bin/bash\n';
export const key = 'ssh-ed25519 AAAA bob@laptop\n';

export const list = (tree: ReturnType<typeof linux>, atMs = nowMs) => linuxAccounts.list(tree, '/', atMs);
/** How bob is listed. */
export const bobOf = async (
  shadow: string,
  more: FixtureFiles = {},
  passwd = bob,
  atMs = nowMs,
): Promise<Account | undefined> => (await list(linux(passwd, shadow, more), atMs)).find(({ name }) => name === 'bob');

/** What would be written to give an account a new password. */
export const setPassword = async (
  tree: ReturnType<typeof linux>,
  { name = 'bob', unlock = false, atMs = nowMs, password = 'new' } = {},
) => {
  const account = (await list(tree, atMs)).find((each) => each.name === name);
  if (!account) throw new Error(`no ${name}`);
  const options = { unlock, nowMs: atMs, randomBytes: seededRandom(3).bytes };
  const { edits, warnings } = await linuxAccounts.setPassword(tree, '/', account, new Secret(password), options);
  const [edit] = edits;
  const content = Buffer.from(edit?.content ?? []).toString('latin1');
  return { path: edit?.path, content, lines: content.split('\n'), effects: edit?.effects, warnings };
};
