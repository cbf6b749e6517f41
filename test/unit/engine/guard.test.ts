import { describe, expect, test } from 'vitest';
import { assertWritable } from '../../../src/engine/guard.ts';
import { isRescueError } from '../../../src/model/errors.ts';
import type { Disk, Volume } from '../../../src/model/storage.ts';
import { diskOf, volumeOf } from '../../support/volume.ts';

const refusal = (disks: readonly Disk[], volume: Volume) => {
  try {
    assertWritable({ disks }, volume);
    return undefined;
  } catch (error) {
    return isRescueError(error) ? error : undefined;
  }
};

const refusalOf = (different: Partial<Volume>, disk: Partial<Disk> = {}) => {
  const volume = volumeOf(different);
  return refusal([diskOf([volume], disk)], volume)?.code;
};

describe('assertWritable', () => {
  test('lets a healthy volume through, and one that was merely unplugged', () => {
    expect(refusalOf({})).toBeUndefined();
    expect(refusalOf({ filesystem: { type: 'ext4', state: 'dirty' } })).toBeUndefined();
  });

  test('refuses what must not be written', () => {
    expect(refusalOf({}, { isRunningSystem: true })).toBe('running-system');
    expect(refusalOf({ isInUse: true, mountPoints: ['/media/card'] })).toBe('volume-in-use');
    expect(refusalOf({ isReadOnly: true })).toBe('read-only-device');
    expect(refusalOf({ filesystem: { type: 'ext4', state: 'errors' } })).toBe('needs-fsck');
  });

  test('a sleeping system guards every disk of its machine, but not the running one its own', () => {
    const root = volumeOf();
    const swap = volumeOf({ id: 'disk-2/1', diskId: 'disk-2', selector: 'sdc1', isHibernated: true });
    const swapDisk = { id: 'disk-2', path: '/dev/sdc' };
    expect(refusal([diskOf([root]), diskOf([swap], swapDisk)], root)?.code).toBe('hibernated');
    const own = diskOf([swap], { ...swapDisk, isRunningSystem: true });
    expect(refusal([diskOf([root]), own], root)).toBeUndefined();
  });

  test('names a command that can be pasted, also for a partition inside an image', () => {
    const damaged = { filesystem: { type: 'ext4', state: 'errors' } } as const;
    const device = volumeOf(damaged);
    expect(refusal([diskOf([device])], device)?.details).toMatchObject({ command: 'fsck.ext4 -f /dev/sdb2' });
    const inside = volumeOf({ ...damaged, kind: 'image', path: 'card.img', offsetBytes: 1048576, sizeBytes: 4096 });
    expect(refusal([diskOf([inside])], inside)?.details).toMatchObject({
      command: expect.stringContaining('--offset 1048576 --sizelimit 4096 card.img'),
    });
  });
});
