import type { Account } from '../../src/model/account.ts';

/** An ordinary account of Linux, but for what is different about it. */
export const accountOf = (name: string, different: Partial<Account> = {}): Account => ({
  name,
  realm: 'linux',
  isAdministrator: false,
  isOwner: false,
  login: 'password',
  notes: [],
  ...different,
});
