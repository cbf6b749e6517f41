import { expect, test } from 'vitest';
import { parseMountinfo } from '../../../src/formats/mountinfo.ts';

const parse = (text: string) => parseMountinfo(Buffer.from(text, 'latin1'));

test('a line with optional fields, and one without', () => {
  const text = `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue
22 1 0:20 / /proc rw - proc proc rw
`;
  expect(parse(text)).toEqual([
    {
      device: '98:0',
      root: '/mnt1',
      mountPoint: '/mnt2',
      type: 'ext3',
      source: '/dev/root',
      options: ['rw', 'errors=continue'],
    },
    { device: '0:20', root: '/', mountPoint: '/proc', type: 'proc', source: 'proc', options: ['rw'] },
  ]);
});

test('escapes: blanks, newlines, backslashes and bytes that are not UTF-8', () => {
  const [mount] = parse('36 35 8:1 / /media/a\\040b\\012c\\134\xff rw - vfat /dev/sdb1 rw\n');
  expect(mount?.mountPoint).toBe('/media/a b\nc\\\udcff');
});

test('a mount point cannot pose as the separator', () => {
  const [mount] = parse('36 35 8:1 / /media/x\\040-\\040proc rw - vfat /dev/sdb1 rw\n');
  expect(mount).toMatchObject({ mountPoint: '/media/x - proc', type: 'vfat', source: '/dev/sdb1' });
});

test('what is no line of it is left out', () => {
  expect(parse('\n36 35 8:1\nnonsense - more\n')).toEqual([]);
});
