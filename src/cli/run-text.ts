import type { Applied } from '../engine/apply.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { PreparedPlan } from '../engine/plan.ts';
import { showable } from '../formats/bytes.ts';
import type { DoorState } from '../model/finding.ts';
import { type Change, liftsImmutable, riskOf } from '../model/plan.ts';
import type { Secret } from '../model/secret.ts';
import { doorLines } from '../text/doors.ts';
import { effectSentence, noticeSentence, purposeSentence } from '../text/sentence.ts';
import type { Text } from '../text/text.ts';

/** The preview: what would be written, what is kept, what to know. */
export const formatPlan = ({ plan, volume, doors }: PreparedPlan, text: Text): string => {
  const { run } = text;
  const changes = plan.changes.flatMap((change) => formatChange(change, text));
  return [
    `${run.plan}: ${purposeSentence(text, plan.purpose)} (${run.onVolume(volume.selector)})`,
    ...(changes.length > 0 ? [...changes, `  ${run.keptFor}`] : [`  ${run.nothingToDo}`]),
    ...plan.warnings.map((notice) => `${run.warning}: ${noticeSentence(text.notices, notice)}`),
    ...doorSection(doors, text.findings.doorsAfter, text),
  ].join('\n');
};

/** How each door stands, below a heading; nothing where that was not looked at. */
export const doorSection = (doors: readonly DoorState[] | undefined, heading: string, text: Text): readonly string[] =>
  doors && doors.length > 0 ? [heading, ...doorLines(doors, text).map((line) => `  ${line}`)] : [];

const formatChange = (change: Change, text: Text): string[] => [
  `  ${showable(change.path)} — ${text.run.risks[riskOf(change)]}`,
  ...change.effects.map((effect) => `    · ${effectSentence(text.effects, effect)}`),
  ...(liftsImmutable(change) ? [`    · ${text.run.immutableLifted}`] : []),
];

/** What was done, how it was proved, how to take it back, and what to do next. */
export const formatReport = (
  { plan }: PreparedPlan,
  { journalId, doors }: Applied,
  disks: readonly string[],
  generated: Secret | undefined,
  text: Text,
): string => {
  const { run, operations, findings } = text;
  const undo = ['sparekey undo', journalId, ...disks.map((disk) => `--disk ${showable(disk)}`)].join(' ');
  const proved = [operations[plan.purpose.task].verified, ...doorSection(doors, findings.doorsNow, text)];
  const lines = [run.done, ...proved, run.howToUndo(undo), run.nextStep];
  return (generated ? [run.generated(generated.reveal()), ...lines] : lines).join('\n');
};

/** A line of progress, for the events that a person watching a run wants to see. */
export const formatEvent = (event: EngineEvent, { run }: Text): string | undefined => {
  switch (event.kind) {
    case 'waiting-for-run':
      return run.waitingForRun(event.selector);
    case 'opening':
      return run.opening(event.selector);
    case 'written':
      return run.written(event.path);
    case 'rolling-back':
      return run.rollingBack;
    default:
      return undefined;
  }
};
