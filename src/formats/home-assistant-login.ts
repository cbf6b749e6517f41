/**
 * Which entry and which person a login at Home Assistant takes (core: auth/providers/homeassistant.py, `validate_login`
 * and `async_get_or_create_credentials`). One rule for what is shown, set, verified and warned of.
 */
import type { Account, AccountNote } from '../model/account.ts';
import { casefold, normalName } from './casefold.ts';
import type { AuthStore, Person, ProviderUser } from './home-assistant.ts';

/** How Core compares a typed name with the stored ones: in normal form, or (its "legacy mode") letter by letter. */
export type NameComparison = 'folded' | 'exact';

/** How one generation of Core chooses, by the names that stand in the password store. */
type Generation = (names: readonly string[]) => NameComparison;

/** Until 2019 (core#20558) every name was compared as it stands. */
const exactly: Generation = () => 'exact';
/** Up to 2024.6: letter by letter as soon as two names fold alike, or one begins or ends with a blank. */
const unlessAmbiguous: Generation = (names) => {
  const isAmbiguous = new Set(names.map(casefold)).size < names.length;
  return isAmbiguous || names.some(hasBlankEnd) ? 'exact' : 'folded';
};
/** 2024.7 (core#119975) to 2026.9: letter by letter as soon as one name is not in its normal form. */
const ifAllNormal: Generation = (names) => (names.some((name) => name !== normalName(name)) ? 'exact' : 'folded');
/** From 2026.10 on (core#175613). */
const always: Generation = () => 'folded';

const hasBlankEnd = (name: string): boolean => casefold(name) !== normalName(name);

/** Every generation that Home Assistant could still be of when nothing says which. */
const anyGeneration: readonly Generation[] = [always, ifAllNormal, unlessAmbiguous];

/** From which year and month on; of the later generation, the builds of that month's development may be either. */
const generations: readonly (readonly [since: readonly [number, number], possible: readonly Generation[]])[] = [
  [[2026, 10], [always]],
  // The update that ends the legacy mode is the next one, and may wait on the disk already: both have to open.
  [
    [2026, 8],
    [always, ifAllNormal],
  ],
  [[2024, 7], [ifAllNormal]],
  [[0, 89], [unlessAmbiguous]],
  [
    [0, 86],
    [unlessAmbiguous, exactly],
  ],
  [[0, 0], [exactly]],
];

const generationsOf = (version: string | undefined): readonly Generation[] => {
  const [, major, minor, rest = ''] = /^(\d{1,4})\.(\d{1,3})(?!\d)(.*)$/.exec(version ?? '') ?? [];
  if (major === undefined) return anyGeneration;
  const [year, month] = [Number(major), Number(minor)];
  const isSince = ([since]: (typeof generations)[number]) =>
    year > since[0] || (year === since[0] && month >= since[1]);
  const at = generations.findIndex(isSince);
  const [[sinceYear, sinceMonth], possible] = generations[at] ?? [[0, 0], anyGeneration];
  const isFirstMonth = year === sinceYear && month === sinceMonth;
  const before = rest.includes('dev') && isFirstMonth ? (generations[at + 1]?.[1] ?? []) : [];
  return [...new Set([...possible, ...before])];
};

/**
 * How names are compared in this store by the Core of this `.HA_VERSION`; both ways, the newer first, where that cannot
 * be told, or is about to change.
 */
export const nameComparisons = (
  version: string | undefined,
  users: readonly ProviderUser[],
): readonly [NameComparison, ...NameComparison[]] => {
  const names = users.map(({ username }) => username);
  const [first = 'folded', ...others] = generationsOf(version).map((generation) => generation(names));
  return [first, ...new Set(others.filter((other) => other !== first))];
};

const formOf = (comparison: NameComparison, name: string): string => (comparison === 'exact' ? name : normalName(name));

/** The entries that a login under this name asks, one for each comparison: of several that match, the last counts. */
export const entriesFor = (
  users: readonly ProviderUser[],
  comparisons: readonly NameComparison[],
  typed: string,
): readonly ProviderUser[] => {
  const asked = comparisons.flatMap((comparison) => {
    const form = formOf(comparison, typed);
    return users.findLast(({ username }) => formOf(comparison, username) === form) ?? [];
  });
  return [...new Set(asked)];
};

/** The other stored spellings that are this name in normal form. */
export const namesakes = (users: readonly ProviderUser[], name: string): readonly string[] => {
  const form = normalName(name);
  const spellings = users.map(({ username }) => username).filter((other) => normalName(other) === form);
  return [...new Set(spellings)].filter((other) => other !== name);
};

/** A finder of the person whom a login under a name becomes; undefined where it would make a new one. */
export const personFinder = (
  { people, credentials }: AuthStore,
  comparison: NameComparison,
): ((typed: string) => Person | undefined) => {
  const userIds = new Map(
    credentials.toReversed().map(({ username, userId }) => [formOf(comparison, username), userId]),
  );
  return (typed) => people.get(userIds.get(formOf(comparison, typed)) ?? '');
};

/**
 * The accounts that can be logged in to, joined with the people they belong to; accounts of the system's own are left
 * out, and entries that no name reaches any more.
 * @param version `.HA_VERSION`
 */
export const joinAccounts = (
  users: readonly ProviderUser[],
  auth: AuthStore,
  twoFactorUsers: ReadonlySet<string>,
  version: string | undefined,
): readonly Account[] => {
  const comparisons = nameComparisons(version, users);
  const [findPerson, findExactly] = [personFinder(auth, comparisons[0]), personFinder(auth, 'exact')];
  const timesUsed = Map.groupBy(users, ({ username }) => normalName(username));
  return reachable(users, comparisons).flatMap((user) => {
    const { username } = user;
    const [person, exact] = [findPerson(username), findExactly(username)];
    if (person?.isSystemGenerated) return [];
    const isDuplicate = (timesUsed.get(normalName(username))?.length ?? 0) > 1;
    const isElsewhere = exact !== undefined && exact !== person;
    const hasTwoFactor = person !== undefined && twoFactorUsers.has(person.id);
    return [toAccount(user, person, { isDuplicate, isElsewhere, hasTwoFactor })];
  });
};

/** The entries that some name leads to, as stored. */
const reachable = (users: readonly ProviderUser[], comparisons: readonly NameComparison[]): readonly ProviderUser[] => {
  const lasts = comparisons.map(
    (comparison) => new Map(users.map((user) => [formOf(comparison, user.username), user])),
  );
  const asked = new Set(lasts.flatMap((last) => [...last.values()]));
  return users.filter((user) => asked.has(user));
};

interface Circumstances {
  readonly isDuplicate: boolean;
  /** The credential that is spelled exactly so belongs to somebody else. */
  readonly isElsewhere: boolean;
  readonly hasTwoFactor: boolean;
}

const toAccount = (
  user: ProviderUser,
  person: Person | undefined,
  { isDuplicate, isElsewhere, hasTwoFactor }: Circumstances,
): Account => {
  const notes: AccountNote[] = [];
  if (isDuplicate) notes.push('duplicate-name');
  if (isElsewhere) notes.push('other-person');
  if (!person) notes.push('unlinked');
  if (person && !person.isActive) notes.push('inactive');
  if (person?.isLocalOnly) notes.push('local-only');
  if (hasTwoFactor) notes.push('two-factor');
  return {
    name: user.username,
    realm: 'home-assistant',
    ...(person?.name ? { displayName: person.name } : {}),
    isAdministrator: person?.isAdministrator ?? false,
    isOwner: person?.isOwner ?? false,
    login: user.password === undefined || person?.isActive === false ? 'nothing' : 'password',
    notes,
  };
};
