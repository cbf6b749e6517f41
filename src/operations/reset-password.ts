import { passwordNotices } from '../formats/password-policy.ts';
import { RescueError } from '../model/errors.ts';
import type { FindingCode } from '../model/finding.ts';
import { PasswordHash } from '../model/secret.ts';
import { chooseCures, inspectIfPossible, ticksFor } from './findings.ts';
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
      /** Also cure these findings, by their ids; `all`. */
      fix: { kind: 'names' },
    },
    facts: { user: 'text', system: 'text' },
    insists: { code: 'account-locked', input: 'unlock' },
  },

  async (context, { account, password, unlock, fix }) => {
    const { system, tree, nowMs, randomBytes } = context;
    const { accounts } = system.profile;
    if (!accounts) throw new RescueError('not-offered', { task: 'reset-password', system: system.id });
    const { home } = system.detection;
    const { writtenAtMs } = system.volume.filesystem ?? {};
    const times = { nowMs, ...(writtenAtMs !== undefined && { writtenAtMs }) };
    const { edits, warnings } = await accounts.setPassword(tree, home, account, password, {
      ...{ unlock: unlock || unlocks(fix), ...times, randomBytes },
    });
    const findings = (await inspectIfPossible(context, account)).filter(({ code }) => !settled.has(code));
    const cured = chooseCures(
      findings,
      fix?.filter((id) => !isSettledName(id)),
      () => false,
    );
    return {
      purpose: { task: 'reset-password', user: account.name, system: system.id },
      edits: [...edits, ...cured.flatMap(({ cure }) => cure?.edits ?? [])],
      warnings: [...(password instanceof PasswordHash ? [] : passwordNotices(password, account.realm)), ...warnings],
      ticks: ticksFor('fix', findings, cured),
      verify: async (fresh) => {
        const isAccepted = await accounts.accepts(fresh, home, account, password);
        if (!isAccepted) throw new RescueError('verify-failed', { user: account.name });
      },
    };
  },
);

/** Settled by the new password itself, or told by the account store in words of its own. */
const settled: ReadonlySet<FindingCode> = new Set<FindingCode>([
  ...(['password-locked', 'password-unusable', 'no-password', 'hash-unknown', 'no-shadow-line'] as const),
  ...(['account-expired', 'password-too-old', 'password-change-due', 'ssh-locked'] as const),
  ...(['web-user-inactive', 'web-local-only', 'web-two-factor', 'banned-addresses'] as const),
]);

const isSettledName = (id: string): boolean => settled.has(id as FindingCode);

/** `--unlock` is short for the cure of a locked password. */
const unlocks = (fix: readonly string[] | undefined): boolean =>
  fix?.some((id) => id === 'all' || id === 'password-locked') ?? false;
