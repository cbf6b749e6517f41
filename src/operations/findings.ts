import type { Account } from '../model/account.ts';
import { isRescueError, RescueError } from '../model/errors.ts';
import type { CheckSubject, Finding } from '../model/finding.ts';
import type { InstalledSystem } from '../model/system.ts';
import type { Tree } from '../model/tree.ts';
import type { OperationContext, Tick } from './operation.ts';

/** What keeps people out of a system, and, if one is named, what keeps an account out. @throws RescueError what Tree throws */
export const inspect = async (
  subject: CheckSubject,
  { profile: { loginChecks } }: Pick<InstalledSystem, 'profile'>,
  account: Account | undefined,
): Promise<readonly Finding[]> => {
  if (!loginChecks) return [];
  const ofSystem = await loginChecks.ofSystem(subject);
  return [...ofSystem, ...(account ? await loginChecks.ofAccount(subject, account) : [])];
};

/** What checks look at, while a plan is made. */
export const subjectOf = (
  { system, volumes, nowMs }: Pick<OperationContext, 'system' | 'volumes' | 'nowMs'>,
  tree: Tree,
): CheckSubject => ({ tree, home: system.detection.home, volume: system.volume, volumes, nowMs });

/** The same for a plan that does not depend on it: what cannot be read is not told of. */
export const inspectIfPossible = async (context: OperationContext, account: Account): Promise<readonly Finding[]> => {
  try {
    return await inspect(subjectOf(context, context.tree), context.system, account);
  } catch (error) {
    if (isRescueError(error)) return [];
    throw error;
  }
};

/** Every cure that there is. */
const all = 'all';

/**
 * Which findings are to be cured: those that were named, by their ids or as `all`; where none was, the account's own locks.
 * @throws RescueError no-such-finding
 */
export const chooseCures = (
  findings: readonly Finding[],
  wanted: readonly string[] | undefined,
  isWantedUnasked: (finding: Finding) => boolean,
): readonly Finding[] => {
  const curable = findings.filter(({ cure }) => cure !== undefined);
  if (wanted === undefined) return curable.filter(isWantedUnasked);
  if (wanted.includes(all)) return curable;
  const unknown = wanted.find((id) => !curable.some((finding) => finding.id === id));
  if (unknown !== undefined)
    throw new RescueError('no-such-finding', { id: unknown, ids: curable.map(({ id }) => id) });
  return curable.filter(({ id }) => wanted.includes(id));
};

/** One tick for each finding that has a cure. */
export const ticksFor = (input: string, findings: readonly Finding[], taken: readonly Finding[]): readonly Tick[] =>
  findings.flatMap((finding) => (finding.cure ? [{ input, finding, isOn: taken.includes(finding) }] : []));
