import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createExtImage, poke } from '../../support/disk-image.ts';
import { checkManifest, recover, withMounted } from '../../support/recovery.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { run } from '../../support/tools.ts';

/**
 * A file whose list of blocks leads to what is no file's: into the inode table, or beyond the end of the volume. The
 * kernel's driver refuses such an inode, and debugfs reads it without a word. What it reads is not the file.
 */

const at = scratchFolder('spoilt-maps');

const createImage = (name: string): string =>
  createExtImage(at(name), {
    options: ['-b', '1024', '-O', '^metadata_csum,^inline_data'],
    files: { 'd/sound': 'sound', 'd/bad': 'b'.repeat(3000), 'd/far': 'f'.repeat(900), 'd/empty': '' },
  });

/** Has the first extent of a file begin elsewhere: i_block holds 12 bytes of a head, then 12 for each extent (ext4(5)). */
const lead = (image: string, path: string, block: number): void => {
  run('debugfs', ['-w', '-R', `set_inode_field ${path} block[5] ${block}`, image]);
};

/** Its map is sound up to the end of the file, and leads out of the volume behind it. */
const leadBeyondEnd = (image: string, path: string): void => {
  const [, block = ''] = /\(0\):(\d+)/.exec(run('debugfs', ['-R', `stat ${path}`, image])) ?? [];
  for (const [index, value] of [0x0002f30a, 4, 0, 0, 1, Number(block), 1, 1, 0x0ffffff0].entries())
    run('debugfs', ['-w', '-R', `set_inode_field ${path} block[${index}] ${value}`, image]);
};

const inodeTable = (image: string): number =>
  Number(/inode table at (\d+)/.exec(run('debugfs', ['-R', 'show_super_stats', image]))?.[1]);

const spoil = (name: string): string => {
  const image = createImage(name);
  lead(image, '/d/bad', inodeTable(image));
  leadBeyondEnd(image, '/d/far');
  return image;
};

const expectRefused = (image: string, to: string): void => {
  const { status, receipt } = recover(image, ['/'], to);
  expect(status).toBe(1);
  const { problems } = receipt.summary;
  expect(existsSync(`${to}/d/bad`)).toBe(false);
  expect(existsSync(`${to}/d/far`)).toBe(false);
  expect(problems).toContainEqual(
    expect.objectContaining({ kind: 'damaged', path: '/d/bad', ranges: [{ startBytes: 0, endBytes: 3000 }] }),
  );
  expect(problems).toContainEqual(
    expect.objectContaining({ kind: 'damaged', path: '/d/far', ranges: [{ startBytes: 0, endBytes: 900 }] }),
  );
  expect(readFileSync(`${to}/d/sound`, 'utf8')).toBe('sound');
  checkManifest(to);
};

test('the driver refuses the file, and what debugfs makes of it is not vouched for', () => {
  const image = spoil('refused.img');
  expect(withMounted(image, 'ro,noload', 'cat "$1"/d/bad "$1"/d/far 2>&1 | grep -c cleaning || true').trim()).toBe('2');
  expectRefused(image, at('refused'));
});

test('nor where its folder is damaged, so that the driver is never asked for it', () => {
  const image = spoil('folder.img');
  const [block] = run('debugfs', ['-R', 'blocks /d', image]).trim().split(' ');
  const place = readFileSync(image).indexOf('empty', Number(block) * 1024);
  poke(image, place + 2, Buffer.from('/'));
  expectRefused(image, at('folder'));
});

test('nor where nothing mounts', () => {
  const image = spoil('unmountable.img');
  run('debugfs', ['-w', '-R', 'clri <8>', image]);
  expectRefused(image, at('unmountable'));
});

test('an empty file that the driver refuses is named as unreadable', () => {
  const image = createImage('empty.img');
  run('debugfs', ['-w', '-R', 'set_inode_field /d/empty block[0] 1', image]);
  const { status, receipt } = recover(image, ['/'], at('empty'));
  expect(status).toBe(1);
  expect(receipt.summary.problems).toEqual([{ kind: 'unreadable-file', path: '/d/empty', reason: 'EUCLEAN' }]);
});
