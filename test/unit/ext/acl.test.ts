import { expect, test } from 'vitest';
import { aclToXattr } from '../../../src/ext/attributes/acl.ts';

test('an access list as ext keeps it becomes what getxattr gives', () => {
  // u::rw- u:1000:r-- g::r-- m::r-- o::---
  const stored = '01000000 01000600 02000400e8030000 04000400 10000400 20000000'.replaceAll(' ', '');
  const given = '02000000 01000600ffffffff 02000400e8030000 04000400ffffffff 10000400ffffffff 20000000ffffffff';
  expect(aclToXattr(Buffer.from(stored, 'hex'))?.toString('hex')).toBe(given.replaceAll(' ', ''));
});

test.each(['', '02000000', '01000000 0100', '01000000 02000400e803', '01000000 03000400'])(
  '%j is no access list',
  (hex) => {
    expect(aclToXattr(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toBeUndefined();
  },
);
