import { expect, test } from 'vitest';
import { badRangesOf, parseRescueMap, rescuedBytesOf } from '../../../src/formats/ddrescue-map.ts';

/** As GNU ddrescue 1.27 writes it. */
const map = `# Mapfile. Created by GNU ddrescue version 1.27
# Command line: ddrescue /dev/sdb card.img card.img.map
# current_pos  current_status  current_pass
0x00120000     ?               1
#      pos        size  status
0x00000000  0x00117000  +
0x00117000  0x00000200  -
0x00117200  0x00001000  /
0x00118200  0x00008000  *
0x00120200  0x00048000  ?
`;

test('what was rescued, what is bad, and what was not tried are told apart', () => {
  const blocks = parseRescueMap(map);
  expect(rescuedBytesOf(blocks)).toBe(0x117000);
  expect(badRangesOf(blocks)).toEqual([
    { startBytes: 0x117000, endBytes: 0x117200 },
    { startBytes: 0x117200, endBytes: 0x118200 },
    { startBytes: 0x118200, endBytes: 0x120200 },
  ]);
});

test('a map that is cut off counts as far as it goes', () => {
  expect(parseRescueMap('')).toEqual([]);
  expect(parseRescueMap('0x0 ? 1\n0x0 0x10 +\n0x10 0x')).toHaveLength(1);
});
