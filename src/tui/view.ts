import type { Frame } from './kit/frame.ts';
import { areaOf, compose, composeTooSmall, isTooSmall } from './kit/layout.ts';
import { contentOf } from './screens/index.ts';
import type { State } from './state.ts';
import { topOf } from './step.ts';

/** What is seen: a function of the state and of nothing else. */
export const view = (state: State): Frame =>
  isTooSmall(state) ? composeTooSmall(state) : compose(state, contentOf(state, topOf(state), areaOf(state)));
