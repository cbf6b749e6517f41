import { describe, expect, test } from 'vitest';
import { parseSparseMap } from '../../../src/formats/sparse-map.ts';

/** What tar writes in front of a sparse file's content: its headers, and the map. */
const archive = (numbers: readonly (number | string)[]): Buffer => {
  const header = (type: string, content: string) => {
    const block = Buffer.alloc(512);
    block.write(content.length.toString(8).padStart(11, '0'), 124);
    block.write(type, 156);
    const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    body.write(content);
    return type === 'x' ? Buffer.concat([block, body]) : block;
  };
  const map = numbers.map((number) => `${number}\n`).join('');
  return Buffer.concat([header('x', '22 GNU.sparse.major=1\n'), header('0', ''), Buffer.from(map)]);
};

describe('the map of a file of 10 kB', () => {
  const parse = (...numbers: (number | string)[]) => parseSparseMap(archive(numbers), 10_240);

  test('with a hole in the middle, and with one at the end', () => {
    const first = { startBytes: 0, endBytes: 1024 };
    expect(parse(3, 0, 1024, 9216, 1024, 10_240, 0)).toEqual([first, { startBytes: 9216, endBytes: 10_240 }]);
    expect(parse(2, 0, 1024, 10_240, 0)).toEqual([first]);
    expect(parse(1, 10_240, 0)).toEqual([]);
  });

  test.each([
    ['that looking for data failed in the middle', [2, 0, 1024, 1024, 0]],
    ['that it failed at the start', [1, 0, 0]],
    ['that it failed behind a piece', [1, 0, 1024]],
    ['pieces out of order', [3, 2048, 1024, 0, 1024, 10_240, 0]],
    ['pieces that overlap', [3, 0, 2048, 1024, 1024, 10_240, 0]],
    ['a piece of negative length', [2, 1024, -1025, 10_240, 0]],
    ['a piece beyond the end', [2, 0, 20_480, 10_240, 0]],
    ['fewer pieces than it counts', [4, 0, 1024]],
    ['words', [1, 'a', 'b']],
    ['nothing', []],
  ])('is none where it says: %s', (_, numbers) => {
    expect(parse(...numbers)).toBeUndefined();
  });

  test('is none where the archive ends in its headers', () => {
    const whole = archive([1, 10_240, 0]);
    for (let length = 0; length < 1536; length += 100)
      expect(parseSparseMap(whole.subarray(0, length), 10_240)).toBeUndefined();
  });
});
