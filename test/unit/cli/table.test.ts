import { describe, expect, test } from 'vitest';
import { formatTable } from '../../../src/cli/table.ts';
import { formatSize } from '../../../src/formats/size.ts';

describe('formatTable', () => {
  test('aligns by what is seen, wide characters included, and drops empty columns', () => {
    expect(
      formatTable([
        ['a', '', 'x'],
        ['日本', '', 'y'],
        ['bcd', '', ''],
      ]),
    ).toEqual(['a     x', '日本  y', 'bcd']);
    expect(formatTable([])).toEqual([]);
  });
});

describe('formatSize', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [33_554_432, '34 MB'],
    [31_914_983_424, '32 GB'],
    [2_000_398_934_016, '2.0 TB'],
  ])('%d is %s', (sizeBytes, size) => {
    expect(formatSize(sizeBytes)).toBe(size);
  });
});
