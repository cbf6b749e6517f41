import type { PlanRequest } from '../engine/request.ts';
import { fromTheTop } from './kit/text-position.ts';
import type { Effect } from './messages.ts';
import { firstScreen, type Screen, type ScreenName, type ScreenNamed, type State } from './state.ts';

/** What comes of a message: the new state, and what is to be done. */
export type Step = readonly [State, readonly Effect[]];

export const stay = (state: State, ...effects: readonly Effect[]): Step => [state, effects];

export const topOf = ({ screens }: State): Screen => screens.at(-1) ?? firstScreen;

/** The shown screen, changed. */
export const changed = (state: State, screen: Screen): State => ({
  ...state,
  screens: [...state.screens.slice(0, -1), screen],
});

export const opened = (state: State, screen: Screen): State => ({ ...state, screens: [...state.screens, screen] });

/** One screen back; the first one stays. A half-typed password is set aside, not lost. */
export const backFrom = (state: State): State => {
  const left = topOf(state);
  const setAside = left.name === 'password' ? left : state.setAside;
  const screens = state.screens.length > 1 ? state.screens.slice(0, -1) : state.screens;
  return { ...state, screens, setAside };
};

/** Changes the screen of this name, wherever it stands on the way; nothing where it is gone. */
export const mapScreen = <N extends ScreenName>(
  state: State,
  name: N,
  change: (screen: ScreenNamed<N>) => Screen,
): State => ({
  ...state,
  screens: state.screens.map((screen) => (screen.name === name ? change(screen as ScreenNamed<N>) : screen)),
});

/** Looks at the disks, now or, where a look is under way already, after it. */
export const lookAgain = (state: State): Step => {
  const { disks } = state;
  if (disks.progress) return stay({ ...state, disks: { ...disks, isOutdated: true } });
  const progress = { selector: undefined, done: 0, total: 0 };
  return stay({ ...state, disks: { ...disks, progress, isOutdated: false, isStopped: false } }, { kind: 'scan' });
};

/** Whether a look is under way that nobody has ended yet. */
export const isLooking = ({ disks }: State): boolean => disks.progress !== undefined && !disks.isStopped;

/** Ends it; its answer comes all the same, with what was found. */
export const stopLooking = (state: State): Step =>
  stay({ ...state, disks: { ...state.disks, isStopped: true } }, { kind: 'stop-look' });

/** Asks for a plan, and waits for it on a screen of its own. */
export const askForPlan = (state: State, request: PlanRequest): Step => {
  const job = state.lastJob + 1;
  const { scan } = state.disks;
  return stay(
    { ...opened(state, { name: 'planning', job, request }), lastJob: job },
    { kind: 'plan', job, scan, request },
  );
};

/** Says why something was refused, over the screen on which it was asked for. */
export const refuse = (state: State, error: unknown): State =>
  opened(state, { name: 'refusal', error, reading: fromTheTop });
