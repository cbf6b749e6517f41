import { describe, expect, test } from 'vitest';
import { parseTarget, refuseTarget } from '../../../scripts/image/flash-target.ts';

interface Node {
  readonly [key: string]: unknown;
}

const partition = { path: '/dev/sdx1', type: 'part', model: null, size: 100, rm: true, hotplug: true, ro: false };
const stick = {
  path: '/dev/sdx',
  type: 'disk',
  model: 'Cruzer  ',
  size: 1000,
  rm: true,
  hotplug: true,
  ro: false,
  fstype: null,
  label: null,
  mountpoints: [null],
};

const disk = (changes: Node, children: readonly Node[] = [], swaps = '') =>
  parseTarget(JSON.stringify({ blockdevices: [{ ...stick, ...changes, children }] }), swaps);

const child = (changes: Node): Node => ({ ...partition, fstype: null, label: null, mountpoints: [null], ...changes });

describe('what make flash writes to', () => {
  test('a stick is taken, and described by what is on it', () => {
    const found = disk({}, [child({ fstype: 'vfat', label: 'PHOTOS' })]);
    expect(refuseTarget(found, 1000, false)).toBeUndefined();
    expect(found.model).toBe('Cruzer');
    expect(found.parts.map((part) => part.label)).toEqual(['', 'PHOTOS']);
  });

  test.each([
    ['a partition', disk({ type: 'part' }), /not a whole disk/],
    ['the disk of this system', disk({}, [child({ mountpoints: ['/'] })]), /This system runs from/],
    [
      'its disk below LVM',
      disk({}, [child({ children: [child({ type: 'lvm', mountpoints: ['/'] })] })]),
      /This system runs/,
    ],
    ['the disk of its swap', disk({}, [child({})], '/dev/sdx1 partition 100 0 -2'), /This system runs from/],
    ['a mounted stick', disk({}, [child({ mountpoints: ['/media/photos'] })]), /mounted \(\/media\/photos\)/],
    ['a write-protected card', disk({ ro: true }), /write-protected/],
    ['a stick that is too small', disk({ size: 999 }), /holds 999 bytes, the image needs 1000/],
    ['a built-in disk', disk({ rm: false, hotplug: false }), /FIXED_DISK=yes/],
  ])('refused: %s', (_, found, why) => {
    expect(refuseTarget(found, 1000, false)).toMatch(why);
  });

  test('a built-in disk is taken at an explicit word, the disk of this system never', () => {
    const fixed = { rm: false, hotplug: false };
    expect(refuseTarget(disk(fixed), 1000, true)).toBeUndefined();
    expect(refuseTarget(disk(fixed, [child({ mountpoints: ['/home'] })]), 1000, true)).toMatch(/This system runs from/);
  });
});
