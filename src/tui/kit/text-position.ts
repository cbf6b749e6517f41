/** Where a person is on a screen of text: how far down, and on which of its buttons. */
export interface TextPosition {
  readonly scroll: number;
  readonly button: number;
}

export const fromTheTop: TextPosition = { scroll: 0, button: 0 };
