import type { Line, Style } from './frame.ts';

/**
 * SGR parameters (ECMA-48 8.3.117). Eight colours, because that is what a Linux console has, and always with their
 * background, because a window may be light.
 */
const colours: Readonly<Record<Style, string>> = {
  plain: '0;37;40',
  bar: '0;1;37;44',
  title: '0;1;37;40',
  faint: '0;36;40',
  chosen: '0;1;37;44',
  good: '0;1;32;40',
  warning: '0;1;33;40',
  bad: '0;1;31;40',
  field: '0;30;47',
};

/** The same without colours: reverse, bold and underlined. */
const plainly: Readonly<Record<Style, string>> = {
  plain: '0',
  bar: '0;7',
  title: '0;1',
  faint: '0',
  chosen: '0;7',
  good: '0;1',
  warning: '0;1',
  bad: '0;1',
  field: '0;4',
};

/** A line of a frame as a terminal takes it. */
export const paintLine = (spans: Line, hasColour: boolean): string => {
  const palette = hasColour ? colours : plainly;
  return `${spans.map(({ text, style }) => `\u001b[${palette[style]}m${text}`).join('')}\u001b[0m`;
};
