import type { SshdConfiguration, SshdLine } from './configuration.ts';
import { evaluateSshd, type SshdEvaluation } from './evaluate.ts';
import type { SshdConnection } from './match.ts';

/** What sshd does for a user, in each case that Match lines about the connection tell apart. */
export interface Scenarios {
  readonly evaluations: readonly SshdEvaluation[];
  /** Those Match lines. */
  readonly undecided: readonly SshdLine[];
}

/** With more of them, each is taken alone, and all together. */
const mostCombined = 5;

/** All that can come of a configuration, whatever is not known of the connection. */
export const scenariosFor = (configuration: SshdConfiguration, connection: SshdConnection): Scenarios => {
  const undecided = new Set<SshdLine>();
  const evaluate = (holds: (line: SshdLine) => boolean): SshdEvaluation => {
    const evaluation = evaluateSshd(configuration, connection, holds);
    for (const line of evaluation.undecided) undecided.add(line);
    return evaluation;
  };
  const evaluations = [evaluate(() => false), evaluate(() => true)];
  const lines = [...undecided];
  if (lines.length > 1 && lines.length <= mostCombined)
    for (let mask = 1; mask < (1 << lines.length) - 1; mask++)
      evaluations.push(evaluate((line) => (mask & (1 << lines.indexOf(line))) !== 0));
  else if (lines.length > mostCombined)
    for (const one of lines.slice(0, 50)) evaluations.push(evaluate((line) => line === one));
  return { evaluations: undecided.size === 0 ? evaluations.slice(0, 1) : evaluations, undecided: [...undecided] };
};
