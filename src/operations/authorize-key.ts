import type { Account } from '../model/account.ts';
import { RescueError } from '../model/errors.ts';
import type { PublicKey } from '../model/public-key.ts';
import type { Operation } from './operation.ts';

export interface AuthorizeKeyOptions {
  readonly account: Account;
  readonly key: PublicKey;
}

/** Lets a key in over SSH, for one account. */
export const authorizeKey: Operation<AuthorizeKeyOptions> = {
  id: 'authorize-key',
  needs: 'keys',

  async plan({ system, tree }, { account, key }) {
    const { keys } = system.profile;
    if (!keys) throw new RescueError('not-offered', { task: 'authorize-key', system: system.id });
    const { home } = system.detection;
    const { edits, warnings } = await keys.authorize(tree, home, account, key);
    return {
      purpose: { task: 'authorize-key', user: account.name, system: system.id, fingerprint: key.fingerprint },
      edits,
      warnings,
      verify: async (fresh) => {
        const isIn = await keys.isAuthorized(fresh, home, account, key);
        if (!isIn) throw new RescueError('verify-failed', { user: account.name });
      },
    };
  },
};
