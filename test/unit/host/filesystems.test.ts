import { expect, test } from 'vitest';
import { driverFor, driverTypes, optionsForLease, optionsForLook } from '../../../src/host/mounts/filesystems.ts';

/** Their drivers have no such option; no disk can make them stop the kernel with a word of its own. */
const withoutChoice = ['f2fs', 'xfs', 'squashfs', 'erofs', 'ntfs'];
const isChoice = (option: string) => /^(errors=(continue|remount-ro)|fatal_errors=bug)$/.test(option);

test('every type is spoken of here', () => {
  expect(driverTypes()).toEqual([
    'ext2',
    'ext3',
    'ext4',
    'xfs',
    'btrfs',
    'squashfs',
    'erofs',
    'f2fs',
    'vfat',
    'exfat',
    'ntfs',
  ]);
});

test.each(driverTypes())('%s: damage never stops the machine that looks or writes', (type) => {
  const driver = driverFor(type);
  if (driver === undefined) throw new Error(type);
  const looks = [driver.lookOptions, driver.replayOptions ?? [], ['noload', 'sb=131072'], []];
  const lists = [...looks.map((asked) => optionsForLook(driver, asked)), optionsForLease(driver) ?? []];
  for (const options of lists.filter(({ length }) => length > 0)) {
    expect(options.filter(isChoice)).toHaveLength(withoutChoice.includes(type) ? 0 : 1);
    expect(options.join()).not.toMatch(/panic/);
    expect(options).toEqual(expect.arrayContaining(['nodev', 'nosuid', 'noexec']));
  }
});

test('a look goes on where damage is met, and what is written to takes no more writes', () => {
  const ext = driverFor('ext4');
  if (ext === undefined) throw new Error('ext4');
  expect(optionsForLook(ext, [])).toContain('errors=continue');
  expect(optionsForLease(ext)).toContain('errors=remount-ro');
});
