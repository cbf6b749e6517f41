import type { Frame } from './frame.ts';
import { areaOf, compose, composeTooSmall, isTooSmall } from './layout.ts';
import { contentOf } from './screens/index.ts';
import type { State } from './state.ts';
import { topOf } from './step.ts';

/** What is seen: a function of the state and of nothing else. */
export const view = (state: State): Frame =>
  isTooSmall(state) ? composeTooSmall(state) : compose(state, contentOf(state, topOf(state), areaOf(state)));
