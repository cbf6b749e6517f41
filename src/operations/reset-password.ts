import { passwordNotices } from '../formats/password-policy.ts';
import { RescueError } from '../model/errors.ts';
import { PasswordHash } from '../model/secret.ts';
import { defineChange } from './operation.ts';

/** A new password for one account. */
export const resetPassword = defineChange(
  {
    id: 'reset-password',
    kind: 'change',
    on: 'account',
    needs: 'accounts',
    faces: ['cli', 'jobs', 'tui'],
    inputs: {
      password: { kind: 'password', isRequired: true },
      /** Lift a lock on the account: never done silently. */
      unlock: { kind: 'flag' },
    },
    facts: { user: 'text', system: 'text' },
    insists: { code: 'account-locked', input: 'unlock' },
  },

  async ({ system, tree, nowMs, randomBytes }, { account, password, unlock }) => {
    const { accounts } = system.profile;
    if (!accounts) throw new RescueError('not-offered', { task: 'reset-password', system: system.id });
    const { home } = system.detection;
    const { writtenAtMs } = system.volume.filesystem ?? {};
    const times = { nowMs, ...(writtenAtMs !== undefined && { writtenAtMs }) };
    const { edits, warnings } = await accounts.setPassword(tree, home, account, password, {
      ...{ unlock, ...times, randomBytes },
    });
    return {
      purpose: { task: 'reset-password', user: account.name, system: system.id },
      edits,
      warnings: [...(password instanceof PasswordHash ? [] : passwordNotices(password, account.realm)), ...warnings],
      verify: async (fresh) => {
        const isAccepted = await accounts.accepts(fresh, home, account, password);
        if (!isAccepted) throw new RescueError('verify-failed', { user: account.name });
      },
    };
  },
);
