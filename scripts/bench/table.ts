import type { Timing } from './race.ts';

const milliseconds = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));

/** Peers are compared with the first line: ×3 took three times as long as it, ×0.5 half as long. */
const row = (timing: Timing, first: Timing): readonly string[] => [
  timing.name,
  `${milliseconds(timing.medianMs)} ms`,
  `${milliseconds(timing.fastestMs)} – ${milliseconds(timing.slowestMs)}`,
  `${timing.peakMegabytes.toFixed(0)} MB`,
  `×${(timing.medianMs / first.medianMs).toPrecision(2)}`,
];

const heading = ['', 'median', 'range', 'memory', 'ratio'];

/** The timings of one race as aligned lines. */
export const formatTimings = (timings: readonly Timing[]): string => {
  const [first] = timings;
  if (!first) return '';
  const rows = [heading, ...timings.map((timing) => row(timing, first))];
  const widths = heading.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const align = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((cells) => `  ${cells.map(align).join('  ')}`).join('\n');
};

/** `aim: under 60 ms — 31 ms, met` */
export const formatAim = (what: string, limitMs: number, actualMs: number): string =>
  `  aim: ${what} under ${limitMs} ms — ${milliseconds(actualMs)} ms, ${actualMs < limitMs ? 'met' : 'MISSED'}`;
