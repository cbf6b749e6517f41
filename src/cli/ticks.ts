import type { PreparedPlan } from '../engine/plan.ts';
import type { Values } from '../operations/inputs.ts';
import { effectSentence, findingSentence } from '../text/sentence.ts';
import { isAgreed } from './carry-out.ts';
import type { CommonOptions, Session } from './session.ts';

/**
 * Asks, one by one, what of a plan is wanted.
 * @returns the inputs that say so; undefined where nobody is there to be asked, or where it was said already
 */
export const askForTicks = async (
  { terminal, text }: Session,
  { ticks = [] }: PreparedPlan,
  values: Values,
  options: CommonOptions,
): Promise<Values | undefined> => {
  const open = ticks.filter(({ input }) => values[input] === undefined);
  const [first] = open;
  if (!first || options.yes || options.dryRun || !terminal.isInteractive) return undefined;
  const wanted: string[] = [];
  for (const { finding } of open) {
    const effects = finding.cure?.edits.flatMap((edit) => edit.effects) ?? [];
    const question = text.findings.askCure(
      findingSentence(text.findings.sentences, finding),
      effects.map((effect) => effectSentence(text.effects, effect)),
    );
    if (await isAgreed(terminal, text, question)) wanted.push(finding.id);
  }
  return { [first.input]: wanted };
};
