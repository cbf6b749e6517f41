import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseMdExamine } from '../../../src/formats/md-examine.ts';

test('a member says which array it belongs to, and what its maker called it', () => {
  expect(parseMdExamine(readFileSync('test/fixtures/tools/mdadm/raid1.txt'))).toEqual({
    uuid: '2bc1d087:f9823120:07823aaa:de8fb01c',
    level: 'raid1',
    devices: 2,
    name: '0',
    events: 29,
  });
});

test('what has no UUID of an array is no member, and a name may be missing or hold a colon', () => {
  const parse = (...lines: readonly string[]) => parseMdExamine(Buffer.from(lines.join('\n')));
  const uuid = 'MD_UUID=2bc1d087:f9823120:07823aaa:de8fb01c';
  expect(parse('mdadm: No md superblock detected on /dev/sda.')).toBeUndefined();
  expect(parse('MD_LEVEL=raid1', 'MD_UUID=$(reboot)')).toBeUndefined();
  expect(parse('MD_LEVEL=raid1', 'MD_DEVICES=2', uuid)).not.toHaveProperty('name');
  expect(parse('MD_LEVEL=raid1', uuid, 'MD_NAME=host:a=b:c')?.name).toBe('a=b:c');
  expect(parse('MD_METADATA=imsm', 'MD_LEVEL=container', uuid)).toMatchObject({ metadata: 'imsm', level: 'container' });
});
