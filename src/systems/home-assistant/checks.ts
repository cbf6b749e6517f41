import type { AccountNote } from '../../model/account.ts';
import type { Finding, FindingCode, LoginChecks } from '../../model/finding.ts';
import { bansPath, readBans } from './warnings.ts';

/** What a note on an account means for its login. */
const meanings: Partial<Record<AccountNote, { readonly code: WebCode; readonly isShut: boolean }>> = {
  inactive: { code: 'web-user-inactive', isShut: true },
  'local-only': { code: 'web-local-only', isShut: false },
  'two-factor': { code: 'web-two-factor', isShut: false },
};

type WebCode = Extract<FindingCode, `web-${string}`>;

/** What keeps people out of Home Assistant although their password is right. */
export const homeAssistantChecks: LoginChecks = {
  ofSystem: async ({ tree, home }) => {
    const count = await readBans(tree, home);
    if (count === 0) return [];
    const base = { path: bansPath(home), doors: ['web'], isShut: false, certainty: 'possible' } as const;
    return [{ ...base, id: 'banned-addresses', code: 'banned-addresses', details: { count } }];
  },
  doors: async () => [{ door: 'web' }],
  ofAccount: async (_, { name, notes }) =>
    notes.flatMap((note): readonly Finding[] => {
      const meaning = meanings[note];
      if (!meaning) return [];
      const { code, isShut } = meaning;
      return [{ id: code, code, details: { user: name }, doors: ['web'], isShut, certainty: 'certain' }];
    }),
};
