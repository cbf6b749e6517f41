import { expect, test } from 'vitest';
import { parsePaxAttributes } from '../../../src/formats/pax.ts';

/** A header block as POSIX.1-2017 lays it out, and the content padded to full blocks. */
const block = (type: string, content: Buffer, mode = '0000640', uid = '0000000', gid = '0000052') => {
  const header = Buffer.alloc(512);
  header.write('name', 0);
  header.write(mode, 100);
  header.write(uid, 108);
  header.write(gid, 116);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  header.write(type, 156);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
};

const record = (key: string, value: Buffer | string) => {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
  const digits = String(rest.length + String(rest.length).length).length;
  return Buffer.concat([Buffer.from(String(rest.length + digits)), rest]);
};

const end = Buffer.alloc(1024);

test('mode, owner and extended attributes of each file; times and names aside', () => {
  const acl = Buffer.from([2, 0, 0, 0, 0x0a, 0xff, 0x3d]);
  const records = Buffer.concat([
    record('mtime', '1795238898.0756'),
    record('path', 'long/name'),
    record('SCHILY.xattr.security.selinux', 'system_u:object_r:shadow_t:s0'),
    record('SCHILY.xattr.system.posix_acl_access', acl),
  ]);
  const archive = Buffer.concat([
    block('x', records),
    block('0', Buffer.from('x'.repeat(600))),
    block('0', Buffer.from(''), '0000600', '0000007', '0000000'),
    end,
  ]);
  const [first, second, ...others] = parsePaxAttributes(archive);
  expect(Object.fromEntries(first ?? [])).toEqual({
    mode: '0000640',
    uid: '0000000',
    gid: '0000052',
    'SCHILY.xattr.security.selinux': 'system_u:object_r:shadow_t:s0',
    'SCHILY.xattr.system.posix_acl_access': '\x02\0\0\0\n\udcff=',
  });
  expect(Object.fromEntries(second ?? [])).toEqual({ mode: '0000600', uid: '0000007', gid: '0000000' });
  expect(others).toEqual([]);
});

test('an archive or a record that is cut short is refused', () => {
  const whole = block('0', Buffer.from('content'));
  expect(() => parsePaxAttributes(whole.subarray(0, 515))).toThrow(RangeError);
  expect(() => parsePaxAttributes(block('x', Buffer.from('99')))).toThrow(RangeError);
  expect(() => parsePaxAttributes(block('x', Buffer.from('x key=value\n')))).toThrow(RangeError);
  expect(parsePaxAttributes(end)).toEqual([]);
});
