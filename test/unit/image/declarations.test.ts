import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readBoards } from '../../../scripts/image/boards.ts';
import { newName } from '../../../scripts/image/disk.ts';
import { architectures, readArchitecture, readList } from '../../../scripts/image/lists.ts';
import { expandBraces } from '../../../scripts/image/programs.ts';

const lists = [
  'packages/system',
  'packages/boot',
  'packages/build',
  'modules/common',
  'programs',
  'commands',
  'keymaps',
  'fonts',
];

describe('the declarations of the image', () => {
  test.each(lists.flatMap((list) => architectures.map((architecture) => [list, architecture] as const)))(
    '%s for %s: every line has a name and its reason, and no name stands twice',
    async (list, architecture) => {
      const lines = await readList(`image/${list}.txt`, architecture);
      expect(lines.length).toBeGreaterThan(0);
      const names = lines.map(({ name }) => name);
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    },
  );

  test('a board is of a known architecture', async () => {
    const boards = await readBoards('image', []);
    expect(boards.length).toBeGreaterThan(3);
    for (const board of boards)
      expect((await readArchitecture('image', board.architecture)).binary).toMatch(/^sparekey-/);
  });

  test('an unknown board is refused with the known ones', async () => {
    await expect(readBoards('image', ['toaster'])).rejects.toThrow(
      /No such board: toaster. There are: .*raspberry-pi-4/,
    );
  });

  test.each(['cmdline.txt', 'cmdline-uart0.txt'])('%s hands over the name of a new card', (file) => {
    const words = readFileSync(`image/boot/${file}`, 'utf8').trimEnd().split(' ');
    expect(words.filter((word) => word.startsWith('sparekey.medium='))).toEqual([`sparekey.medium=${newName}`]);
  });

  test('GRUB reads nothing from a disk that it was not started from', () => {
    const early = readFileSync('image/boot/grub-early.cfg', 'utf8');
    const later = readFileSync('image/boot/grub.cfg', 'utf8');
    expect(`${early}${later}`).not.toMatch(/^\s*search\b|\(hd\d/m);
  });

  test('alternatives in braces', () => {
    expect(expandBraces('bin/{a,b}-{1,2}')).toEqual(['bin/a-1', 'bin/a-2', 'bin/b-1', 'bin/b-2']);
    expect(expandBraces('plain')).toEqual(['plain']);
  });
});
