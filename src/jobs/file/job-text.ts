import type { LineCounter } from 'yaml';

/** The text of a file, and how to get from its characters to lines and bytes. */
export interface JobText {
  readonly text: string;
  /** The byte order mark that Windows editors put in front. */
  readonly markBytes: number;
  readonly lines: LineCounter;
}
