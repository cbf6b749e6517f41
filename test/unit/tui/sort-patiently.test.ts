import { expect, test } from 'vitest';
import { sortPatiently } from '../../../src/tui/recovery/sort-patiently.ts';

const isBefore = (one: number, other: number): boolean => one < other;

test.each([0, 1, 2, 4095, 4096, 4097, 8192, 30_001])('%i items come out as sort has them', async (count) => {
  const items = Array.from({ length: count }, (_, index) => (index * 7919) % 10_007);
  expect(await sortPatiently(items, isBefore)).toEqual(items.toSorted((one, other) => one - other));
});

test('others get their turn meanwhile', async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  await sortPatiently(
    Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 200_003),
    isBefore,
  );
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
});
