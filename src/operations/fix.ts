import { RescueError } from '../model/errors.ts';
import { chooseCures, inspect, subjectOf, ticksFor } from './findings.ts';
import { defineChange } from './operation.ts';

/** Cures what check finds: what was named, or, where nothing was, the account's own locks. */
export const fix = defineChange(
  {
    id: 'fix',
    kind: 'change',
    on: 'account',
    needs: 'locks',
    faces: ['cli', 'jobs', 'tui'],
    inputs: { findings: { kind: 'names', isPositional: true } },
    /** `findings`: the ids of those that were cured. */
    facts: { user: 'text', system: 'text', findings: 'list' },
  },

  async (context, { account, findings: wanted }) => {
    const { system, tree } = context;
    const findings = await inspect(subjectOf(context, tree), system, account);
    const cured = chooseCures(findings, wanted, ({ cure }) => cure?.isOwnLock ?? false);
    const ids = cured.map(({ id }) => id);
    return {
      purpose: { task: 'fix', user: account.name, system: system.id, findings: ids },
      edits: cured.flatMap(({ cure }) => cure?.edits ?? []),
      warnings: [],
      ticks: ticksFor('findings', findings, cured),
      verify: async (fresh) => {
        const left = await inspect(subjectOf(context, fresh), system, account);
        if (left.some(({ id }) => ids.includes(id))) throw new RescueError('verify-failed', { user: account.name });
      },
    };
  },
);
