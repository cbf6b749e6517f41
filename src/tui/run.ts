import type { Context } from '../engine/context.ts';
import type { Emit } from '../engine/events.ts';
import type { Recovery } from '../model/recovery.ts';
import type { Station } from '../model/station.ts';
import type { Language } from '../text/text.ts';
import { formatReport, withTrace } from './crash.ts';
import { createPerform } from './effects.ts';
import type { Display } from './kit/display.ts';
import { areaOf, isTooSmall, textOf } from './kit/layout.ts';
import type { Effect, Message } from './messages.ts';
import { contentOf } from './screens/index.ts';
import { initialState } from './state.ts';
import { topOf } from './step.ts';
import { update } from './update.ts';
import { view } from './view.ts';

/** What main.ts gives the text UI. */
export interface TextUiPorts {
  readonly display: Display;
  readonly station: Station;
  /** What --disk names; none for all disks of the machine. */
  readonly sources: readonly string[];
  readonly language: Language;
  readonly version: string;
  readonly createContext: (emit: Emit, signals: SignalAnswers) => Context;
  readonly openRecovery: () => Promise<Recovery>;
}

/** What to do when a signal asks the process to end. */
export interface SignalAnswers {
  /** Before it ends. */
  readonly onStop: () => void;
  /** While a write is under way, which is finished first. */
  readonly onShielded: () => void;
  /** While a copy is under way, which is put in order first. */
  readonly onStopping: () => void;
}

/** How the text UI ended, with what is left to say on the terminal that has been given back. */
export interface Ending {
  readonly exitCode: number;
  readonly words: readonly string[];
}

/** EX_SOFTWARE of sysexits.h: not even the way back from a fault was to be had. */
const bugCode = 70;

/** Runs the text UI until somebody leaves it. The terminal is given back before this resolves. */
export const runTextUi = async (ports: TextUiPorts): Promise<Ending> => {
  const { display, station, language, sources, version } = ports;
  const { promise: ended, resolve: end } = Promise.withResolvers<Ending>();
  const { isRescueMedium, console: kind, keyboardLayout: layout } = station;
  let state = initialState(language, display, { isRescueMedium, console: kind, layouts: [], layout });
  let trail: readonly string[] = [];
  let announced = '';
  let hasEnded = false;

  const dispatch = (message: Message): void => {
    if (hasEnded) return;
    trail = withTrace(trail, message);
    try {
      const [next, effects] = update(state, message);
      state = next;
      show();
      effects.forEach(start);
    } catch (error) {
      // Where even the screen for faults fails, there is no way back.
      if (topOf(state).name === 'crash') end({ exitCode: bugCode, words: [textOf(state).tui.trouble.crash] });
      else void recover(error);
    }
  };

  const show = (): void => {
    display.paint(view(state));
    if (isTooSmall(state)) return;
    const { title } = contentOf(state, topOf(state), areaOf(state));
    if (title !== announced) station.announce(title);
    announced = title;
  };

  const start = (effect: Effect): void => {
    if (effect.kind === 'quit') end(effect);
    else perform(effect).then((answer) => answer && dispatch(answer), recover);
  };

  /** After a fault of ours: a report for us, a sentence for the person, and the way back to the first screen. */
  const recover = async (error: unknown): Promise<void> => {
    // A look that was under way when somebody left finds its volumes closed: no fault of anybody's.
    if (hasEnded) return;
    const report = formatReport(error, state, trail, { version, when: new Date().toISOString() });
    dispatch({ kind: 'crashed', reportPath: await station.writeReport(report) });
  };

  const context = ports.createContext((event) => dispatch({ kind: 'engine', event }), {
    onStop: () => display.close(),
    onShielded: () => dispatch({ kind: 'stop-asked' }),
    onStopping: () => dispatch({ kind: 'stop-asked' }),
  });
  const perform = createPerform({ context, station, sources, openRecovery: ports.openRecovery, tell: dispatch });
  const onFault = (error: unknown) => void recover(error);
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
  using _watch = station.watchDisks(sources, () => dispatch({ kind: 'disks-changed' }));
  display.listen(dispatch);
  start({ kind: 'scan' });
  dispatch({ kind: 'layouts', layouts: await station.keyboardLayouts() });

  const ending = await ended;
  hasEnded = true;
  display.close();
  process.off('uncaughtException', onFault);
  process.off('unhandledRejection', onFault);
  return ending;
};
