import type { EngineEvent } from '../../engine/events.ts';
import { purposeSentence } from '../../text/sentence.ts';
import { bullet, emptyLine, type Line, paragraph } from '../kit/frame.ts';
import { textOf } from '../kit/layout.ts';
import type { State } from '../state.ts';
import { stay } from '../step.ts';
import type { ScreenDefinition } from './definition.ts';

/** One line for each thing that was done. */
const stepLines = (state: State, event: EngineEvent, columns: number): readonly Line[] => {
  const { run, tui } = textOf(state);
  const { steps } = tui.plan;
  switch (event.kind) {
    case 'written':
      return bullet('-', run.written(event.path), columns);
    case 'waiting-for-run':
      return bullet('-', run.waitingForRun(event.selector), columns);
    case 'opening':
    case 'journal-kept':
    case 'closed':
      return bullet('-', steps[event.kind], columns);
    case 'verified':
      return bullet('-', steps.verified, columns, 'good');
    case 'rolling-back':
      return bullet('!', steps['rolling-back'], columns, 'warning');
    default:
      return [];
  }
};

/** While it is written. No key stops this halfway: it takes seconds, and halves are what nobody wants. */
export const applying: ScreenDefinition<'applying'> = {
  isBusy: true,

  content: (state, { prepared, events, isStopAsked }, { columns, rows }) => {
    const text = textOf(state);
    const { tui } = text;
    const steps = events.flatMap((event) => stepLines(state, event, columns));
    return {
      title: tui.plan.applying(purposeSentence(text, prepared.plan.purpose)),
      lines: [
        ...paragraph(tui.plan.doNotUnplug, columns, 'warning'),
        ...(isStopAsked ? paragraph(tui.plan.cannotStop, columns, 'warning') : []),
        emptyLine,
        ...steps.slice(-(rows - 5)),
      ],
      hints: [],
    };
  },

  onKey: (state) => stay(state),
};
