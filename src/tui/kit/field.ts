import { type Line, pad, span, widthOf } from './frame.ts';

const widestField = 60;

/** A labelled field on one line; of a long text its end, which is where somebody types. */
export const fieldLine = (label: string, shown: string, isChosen: boolean, columns: number): Line => {
  const width = Math.max(1, Math.min(widestField, columns - widthOf([span(label)]) - 8));
  const end = tailOf(`${span(shown).text}${isChosen ? '_' : ''}`, width);
  return [
    span(`${isChosen ? '>' : ' '} ${label}  [`, isChosen ? 'title' : 'plain'),
    span(pad(end, width), isChosen ? 'chosen' : 'field'),
    span(']', isChosen ? 'title' : 'plain'),
  ];
};

/** The end of a text that is at most so wide. */
export const tailOf = (text: string, columns: number): string => {
  let tail = text;
  while (widthOf([span(tail)]) > columns) tail = [...tail].slice(1).join('');
  return tail;
};

/** A button on a line of its own. */
export const buttonLine = (label: string, isChosen: boolean): Line => [
  span(isChosen ? `> ${label} <` : `  ${label}  `, isChosen ? 'chosen' : 'plain'),
];
