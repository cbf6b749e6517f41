import { passwordNotices } from '../formats/password-policy.ts';
import type { Account } from '../model/account.ts';
import { RescueError } from '../model/errors.ts';
import { type NewPassword, PasswordHash } from '../model/secret.ts';
import type { Operation } from './operation.ts';

export interface ResetPasswordOptions {
  readonly account: Account;
  readonly secret: NewPassword;
  /** Lift a lock that stands on the account. */
  readonly unlock: boolean;
}

/** A new password for one account. */
export const resetPassword: Operation<ResetPasswordOptions> = {
  id: 'reset-password',
  needs: 'accounts',

  async plan({ system, tree, nowMs, randomBytes }, { account, secret, unlock }) {
    const { accounts } = system.profile;
    if (!accounts) throw new RescueError('not-offered', { task: 'reset-password', system: system.id });
    const { home } = system.detection;
    const { writtenAtMs } = system.volume.filesystem ?? {};
    const times = { nowMs, ...(writtenAtMs !== undefined && { writtenAtMs }) };
    const options = { unlock, ...times, randomBytes };
    const { edits, warnings } = await accounts.setPassword(tree, home, account, secret, options);
    return {
      purpose: { task: 'reset-password', user: account.name, system: system.id },
      edits,
      warnings: [...(secret instanceof PasswordHash ? [] : passwordNotices(secret, account.realm)), ...warnings],
      verify: async (fresh) => {
        const isAccepted = await accounts.accepts(fresh, home, account, secret);
        if (!isAccepted) throw new RescueError('verify-failed', { user: account.name });
      },
    };
  },
};
