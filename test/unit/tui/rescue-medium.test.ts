import { expect, test } from 'vitest';
import type { Disk } from '../../../src/model/storage.ts';
import { describeVolume } from '../../../src/tui/words.ts';
import { following, scanned, scanOfAll, startOf } from '../../support/tui-scenes.ts';
import { diskOf, volumeOf } from '../../support/volume.ts';

const volume = volumeOf({ filesystem: { type: 'exfat', label: 'SPAREKEY', state: 'clean' } });
const wordsOn = (disk: Partial<Disk>) => {
  const scan = { ...scanOfAll, disks: [diskOf([volume], disk)], systems: [] };
  return describeVolume(following(startOf(), { ...scanned, scan }), volume);
};

test('what is on our own stick is called that, whatever its label', () => {
  expect(wordsOn({ isRescueMedium: true })).toBe('this rescue stick');
});

test('a label alone makes no stick ours', () => {
  expect(wordsOn({})).not.toBe('this rescue stick');
});
