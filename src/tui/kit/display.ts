import type { Message } from '../messages.ts';
import type { Frame } from './frame.ts';

/** The port to the terminal, as the loop of the text UI needs it. */
export interface Display {
  readonly columns: number;
  readonly rows: number;
  /** Called for everything that comes from the keyboard, and when the window changes its size. */
  listen(onMessage: (message: Message) => void): void;
  paint(frame: Frame): void;
  /** Gives the terminal back as it was; however often it is called, it is done once. */
  close(): void;
}
