import type { PamReturn } from '../../../formats/pam-control.ts';
import type { PamReason } from './reasons.ts';
import type { PamStep } from './stack.ts';

/** One thing that a module may answer. */
export interface PamAnswer {
  readonly value: PamReturn;
  /** Why it does not simply let people pass. */
  readonly reason?: PamReason;
}

/** All that a module may answer; more than one where that is not known from here. */
export type PamAnswers = readonly [PamAnswer, ...PamAnswer[]];

/** A step that decided, and why. */
export interface PamBlame {
  readonly step: PamStep;
  readonly reason: PamReason;
}

/** How a stack ends. `change`: whoever logs in is let in after changing the password. */
export interface PamEnd {
  readonly result: 'open' | 'change' | 'shut';
  /** What keeps it shut, and what it hangs on where that is not known from here. */
  readonly blames: readonly PamBlame[];
}

interface State {
  readonly impression: 'undefined' | 'positive' | 'negative';
  readonly status: PamReturn;
}

interface Walk extends State {
  readonly at: number;
  /** What each substack began with, by level. */
  readonly outer: readonly State[];
  readonly failed: readonly PamBlame[];
  readonly guessed: readonly PamBlame[];
  /** What made it negative. */
  readonly culprit: PamBlame | undefined;
}

const start: State = { impression: 'undefined', status: 'perm_denied' };
/** Ways through a stack that are followed: each module that may answer so or so doubles them. */
const mostWalks = 4000;

/**
 * Every end that a stack can come to (Linux-PAM, pam_dispatch.c). @param answers those of each step, in order
 * @returns undefined where there are more ways through it than are followed
 */
export const runPamStack = (
  steps: readonly PamStep[],
  answers: readonly PamAnswers[],
): readonly PamEnd[] | undefined => {
  const ends = new Map<string, PamEnd>();
  const open: Walk[] = [{ ...start, at: 0, outer: [start], failed: [], guessed: [], culprit: undefined }];
  for (let walks = 0; open.length > 0; walks++) {
    if (walks > mostWalks) return undefined;
    const walk = open.pop() as Walk;
    const step = steps[walk.at];
    if (step === undefined) {
      const end = endOf(walk);
      const key = `${end.result} ${end.blames.map((blame) => steps.indexOf(blame.step)).join()}`;
      if (!ends.has(key)) ends.set(key, end);
      continue;
    }
    const possible = answers[walk.at] ?? [{ value: 'module_unknown' }];
    for (const answer of possible) open.push(advance(steps, walk, step, answer, possible.length > 1));
  }
  return [...ends.values()];
};

const advance = (steps: readonly PamStep[], walk: Walk, step: PamStep, answer: PamAnswer, isGuess: boolean): Walk => {
  const previous = steps[walk.at - 1]?.level ?? 0;
  const outer =
    step.level > previous
      ? [...walk.outer.slice(0, step.level), { impression: walk.impression, status: walk.status }]
      : walk.outer;
  const blame = answer.reason && { step, reason: answer.reason };
  const isBad = answer.value !== 'success' && answer.value !== 'ignore' && answer.value !== 'new_authtok_reqd';
  const next: Walk = {
    ...walk,
    outer,
    failed: blame && isBad ? [...walk.failed, blame] : walk.failed,
    guessed: blame && isGuess ? [...walk.guessed, blame] : walk.guessed,
    at: walk.at + 1,
  };
  const action = step.control(answer.value);
  const isStillGood = walk.impression === 'undefined' || (walk.impression === 'positive' && walk.status === 'success');
  switch (action) {
    case 'ignore':
      return next;
    case 'reset':
      return { ...next, ...(outer[step.level] ?? start) };
    case 'ok':
    case 'done': {
      const after = isStillGood ? ({ ...next, impression: 'positive', status: answer.value } as const) : next;
      return action === 'done' && after.impression === 'positive'
        ? { ...after, at: endOfLevel(steps, walk.at) }
        : after;
    }
    case 'bad':
    case 'die': {
      const status = answer.value === 'ignore' ? 'perm_denied' : answer.value;
      const culprit = { step, reason: answer.reason ?? ({ kind: 'denies' } as const) };
      const after =
        walk.impression === 'negative' ? next : ({ ...next, impression: 'negative', status, culprit } as const);
      return action === 'die' ? { ...after, at: endOfLevel(steps, walk.at) } : after;
    }
    default: {
      const target = jump(steps, walk.at, action);
      const culprit = { step, reason: { kind: 'bad-jump' } as const };
      return target === undefined
        ? { ...next, impression: 'negative', status: 'perm_denied', culprit }
        : { ...next, at: target };
    }
  }
};

/** The step behind the substack, or the end of the stack itself. */
const endOfLevel = (steps: readonly PamStep[], from: number): number => {
  const level = steps[from]?.level ?? 0;
  let at = from + 1;
  while (at < steps.length && (steps[at]?.level ?? 0) >= level) at++;
  return at;
};

/** Past so many steps of the same level; a substack counts as one. */
const jump = (steps: readonly PamStep[], from: number, count: number): number | undefined => {
  const level = steps[from]?.level ?? 0;
  const levelAt = (index: number) => steps[index]?.level ?? -1;
  let at = from;
  let left = count;
  while (left > 0 && levelAt(at + 1) >= level) {
    do at++;
    while (levelAt(at + 1) > level);
    left -= 1;
  }
  return left > 0 ? undefined : at + 1;
};

const endOf = ({ impression, status, failed, guessed, culprit }: Walk): PamEnd => {
  if (impression === 'positive' && (status === 'success' || status === 'new_authtok_reqd'))
    return { result: status === 'success' ? 'open' : 'change', blames: guessed };
  // pam_deny only says what others have found before it.
  const isHollow = culprit === undefined || culprit.reason.kind === 'denies';
  const found = failed.filter(({ reason }) => reason.kind !== 'denies');
  const cause = isHollow
    ? (found.findLast(({ reason }) => reason.kind !== 'condition') ?? found.at(-1) ?? culprit)
    : culprit;
  return { result: 'shut', blames: [...(cause ? [cause] : []), ...guessed.filter((each) => each !== cause)] };
};
