import { rmSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import {
  fill,
  format,
  formatWithTree,
  linesOfDebugfs,
  linesOfKernel,
  scratchImage,
} from '../../support/ext/random-volume.ts';
import { type Line, readImage } from '../../support/ext/read-ext.ts';
import { variants } from '../../support/ext/variants.ts';

/** `make torture` has more of them, and other ones each time. */
const seeds = (process.env['SPAREKEY_SEEDS'] ?? '1').split(' ').map(Number);

const image = scratchImage('equal');
afterEach(() => rmSync(image, { force: true }));

const cases = seeds.flatMap((seed) => variants.map((variant, index) => ({ variant, seed: seed * 1000 + index })));

/** What debugfs gives back of a name. */
const shared = ({ path, kind, mode, size, content, target }: Line): Line => ({
  ...{ path, kind, size, target, content },
  // A link has no mode of its own, and the others lose what their new owner takes away.
  ...(kind !== 'symlink' && path !== '.' && { mode: Number(mode) & 0o777 }),
});

const dumped = new Set<Line['kind']>(['file', 'directory', 'symlink']);

test.each(cases.filter(({ variant }) => variant.isMountable))(
  'what the kernel wrote is read as the kernel reads it: $variant.name, tree $seed',
  ({ variant, seed }) => {
    format(image, variant);
    fill(image, seed);
    const { lines, findings } = readImage(image);
    expect(lines).toEqual(linesOfKernel(image));
    expect(findings).toEqual([]);
  },
);

test.each(cases)('what mke2fs wrote is read as others read it: $variant.name, tree $seed', ({ variant, seed }) => {
  formatWithTree(image, variant, seed);
  const { lines, findings } = readImage(image);
  if (variant.isRightInDebugfs) {
    const told = lines.filter(({ kind }) => dumped.has(kind)).map(shared);
    expect(told).toEqual(linesOfDebugfs(image).map(shared));
  } else expect(lines).toEqual(linesOfKernel(image));
  expect(findings).toEqual([]);
});
