import { lstatSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createExtImage, poke } from '../../support/disk-image.ts';
import { recover } from '../../support/recovery.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { run } from '../../support/tools.ts';

const at = scratchFolder('spoilt-links');

const createImage = (name: string): string =>
  createExtImage(at(name), {
    options: ['-b', '1024'],
    populate: (root) => {
      symlinkSync('short', join(root, 'fast'));
      symlinkSync(`/${'long/'.repeat(40)}end`, join(root, 'slow'));
      symlinkSync('sound', join(root, 'sound'));
      writeFileSync(join(root, 'file'), 'x');
    },
  });

test('a link whose target is gone, or cut off by a zero byte, is named and not counted', () => {
  const image = createImage('links.img');
  run('debugfs', ['-w', '-R', 'set_inode_field fast block[0] 0', image]);
  const [block] = run('debugfs', ['-R', 'blocks slow', image]).trim().split(' ');
  poke(image, Number(block) * 1024 + 30, Buffer.alloc(1));
  const { status, receipt } = recover(image, ['/'], at('copy'));
  expect(status).toBe(1);
  expect(receipt.summary).toMatchObject({ symlinks: 1, files: 1 });
  const problems = ['/fast', '/slow'].map((path) => ({ kind: 'unreadable-file', path, reason: 'EUCLEAN' }));
  expect(receipt.summary.problems).toHaveLength(2);
  expect(receipt.summary.problems).toEqual(expect.arrayContaining(problems));
  expect(readlinkSync(at('copy/sound'))).toBe('sound');
  for (const name of ['fast', 'slow']) expect(() => lstatSync(at(`copy/${name}`))).toThrow('ENOENT');
});
