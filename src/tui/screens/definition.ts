import type { Area, Content } from '../kit/layout.ts';
import type { Key } from '../messages.ts';
import type { ScreenName, ScreenNamed, State } from '../state.ts';
import type { Step } from '../step.ts';

/** How one screen looks and what its keys do. Both are pure: the same state always looks the same and reacts the same. */
export interface ScreenDefinition<N extends ScreenName> {
  readonly content: (state: State, screen: ScreenNamed<N>, area: Area) => Content;
  readonly onKey: (state: State, screen: ScreenNamed<N>, key: Key, area: Area) => Step;
  /** Screens without a field leave what is typed or pasted alone. */
  readonly onText?: (state: State, screen: ScreenNamed<N>, text: string) => Step;
  /** It waits for an answer that nothing may be opened over: F2 and F3 have to wait too. */
  readonly isBusy?: boolean;
}
