import { normalName } from '../../formats/casefold.ts';
import { type AuthStore, countBans, type ProviderStore } from '../../formats/home-assistant.ts';
import { entriesFor, nameComparisons, namesakes, personFinder } from '../../formats/home-assistant-login.ts';
import type { Account, AccountNote } from '../../model/account.ts';
import type { Notice } from '../../model/plan.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { readIfPossible } from '../look.ts';
import { join } from '../paths.ts';

/** What a new password is set for. */
interface Target {
  readonly account: Account;
  /** `.HA_VERSION` */
  readonly version: string | undefined;
  readonly store: ProviderStore;
  readonly people: AuthStore;
}

/** Said in a sentence of their own. */
const toldAtLength: readonly AccountNote[] = ['duplicate-name', 'other-person', 'unlinked'];

/** What a person should know before the password of an account is set. */
export const warningsFor = async (tree: Tree, home: TreePath, target: Target): Promise<readonly Notice[]> => {
  const { name: user, notes } = target.account;
  const shortNotes = notes.filter((note) => !toldAtLength.includes(note));
  return [
    { code: 'tokens-stay', details: { user } },
    ...nameNotices(target),
    ...shortNotes.map((note): Notice => ({ code: 'account-note', details: { user, note } })),
    ...(await banNotices(tree, home)),
  ];
};

/** How the name has to be typed, which entries are asked under it, and who one becomes. */
const nameNotices = ({ account, version, store, people }: Target): readonly Notice[] => {
  const { name: user, notes } = account;
  const comparisons = nameComparisons(version, store.users);
  const others = namesakes(store.users, user);
  const notices: Notice[] = [];
  const isTypedExactly = comparisons.includes('exact');
  if (isTypedExactly && (normalName(user) !== user || others.length > 0)) {
    notices.push({ code: 'type-name-as-stored', details: { user } });
  }
  const set = entriesFor(store.users, comparisons, user).map(({ username }) => username);
  if (set.length > 1) notices.push({ code: 'set-for-namesakes', details: { users: set } });
  else if (others.length > 0 && isTypedExactly) notices.push({ code: 'names-become-one', details: { user, others } });
  else if (notes.includes('duplicate-name')) notices.push({ code: 'last-entry-counts', details: { user } });
  if (notes.includes('other-person')) {
    const [person, exact] = [personFinder(people, comparisons[0])(user), personFinder(people, 'exact')(user)];
    notices.push({ code: 'other-person', details: { user, person: person?.name ?? user, exact: exact?.name ?? user } });
  }
  if (notes.includes('unlinked')) notices.push({ code: 'login-makes-person', details: { user } });
  return notices;
};

const banNotices = async (tree: Tree, home: TreePath): Promise<readonly Notice[]> => {
  const count = await readBans(tree, home);
  return count > 0 ? [{ code: 'banned-addresses', details: { path: bansPath(home), count } }] : [];
};

export const bansPath = (home: TreePath): TreePath => join(home, 'ip_bans.yaml');

/** How many network addresses are banned after failed logins. */
export const readBans = async (tree: Tree, home: TreePath): Promise<number> => {
  const bans = await readIfPossible(tree, bansPath(home));
  return bans ? countBans(bans) : 0;
};
