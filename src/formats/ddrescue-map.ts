import type { ByteRange } from '../model/recovery.ts';

/** One line of a map: what became of a range. `+` rescued, `-` bad, `*` and `/` being narrowed down, `?` not tried. */
export interface RescueBlock extends ByteRange {
  readonly status: '+' | '-' | '*' | '/' | '?';
}

/**
 * The map file of GNU ddrescue (its manual, "Mapfile structure"): comments, a line of the current position and status,
 * then a line for each range: position, size, status. A line that is none is left out.
 */
export const parseRescueMap = (text: string): readonly RescueBlock[] => {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.slice(1).flatMap((line) => {
    const [, position = '', size = '', status] = /^(0x[0-9A-Fa-f]+)\s+(0x[0-9A-Fa-f]+)\s+([-+*/?])$/.exec(line) ?? [];
    if (status === undefined) return [];
    const startBytes = Number(position);
    return [{ startBytes, endBytes: startBytes + Number(size), status: status as RescueBlock['status'] }];
  });
};

export const rescuedBytesOf = (map: readonly RescueBlock[]): number =>
  map.reduce((sum, { startBytes, endBytes, status }) => (status === '+' ? sum + endBytes - startBytes : sum), 0);

/** What could not be read, and what was not tried to the end. */
export const badRangesOf = (map: readonly RescueBlock[]): readonly ByteRange[] =>
  map
    .filter(({ status }) => status !== '+' && status !== '?')
    .map(({ startBytes, endBytes }) => ({ startBytes, endBytes }));
