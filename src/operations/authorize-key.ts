import { RescueError } from '../model/errors.ts';
import { defineChange } from './operation.ts';

/** Lets a key in over SSH, for one account. */
export const authorizeKey = defineChange(
  {
    id: 'authorize-key',
    kind: 'change',
    on: 'account',
    needs: 'keys',
    faces: ['cli', 'jobs', 'tui'],
    inputs: { key: { kind: 'public-key', isRequired: true } },
    /** `fingerprint`: as `ssh-keygen -l` prints it. */
    facts: { user: 'text', system: 'text', fingerprint: 'text' },
  },

  async ({ system, tree }, { account, key }) => {
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
);
