import { expect, test } from 'vitest';
import { encodeBytes } from '../../../src/formats/bytes.ts';
import { parseGroup } from '../../../src/formats/group.ts';
import { isLoginShell, parsePasswd, withPasswdPassword } from '../../../src/formats/passwd.ts';
import { run } from '../../support/tools.ts';

const odd = [
  '# people',
  'root:x:0:0:root:/root:/bin/bash',
  '',
  'ren\udce9:x:1000:1000:Ren\udce9 Fran\udce7ois,Office,1,2:/home/rene:/bin/zsh',
  '+@staff::::::',
  'short:x:1001:1001',
  'word:x:abc:0::/:/bin/sh',
  'negative:x:-2:-2::/:/bin/sh',
  'huge:x:99999999999:0::/:/bin/sh',
  'crlf:x:1002:1002:CR:/home/crlf:/bin/sh\r',
  'bob::1003:1003::/home/bob:',
].join('\n');

test('entries are read as libc would, odd lines passed over', () => {
  const entries = parsePasswd(encodeBytes(odd));
  expect(entries.map(({ name, line }) => [name, line])).toEqual([
    ['root', 1],
    ['ren\udce9', 3],
    ['short', 5],
    ['crlf', 9],
    ['bob', 10],
  ]);
  expect(entries[1]).toEqual({
    line: 3,
    name: 'ren\udce9',
    password: 'x',
    uid: 1000,
    gid: 1000,
    fullName: 'Ren\udce9 Fran\udce7ois',
    home: '/home/rene',
    shell: '/bin/zsh',
  });
  expect(entries[3]?.shell).toBe('/bin/sh');
  expect(entries[4]?.password).toBe('');
});

test('only the password field changes; Python’s own reading agrees', () => {
  const [root] = parsePasswd(encodeBytes(odd));
  if (!root) throw new Error('root is there');
  const before = Buffer.from(encodeBytes(odd)).toString('latin1');
  const after = Buffer.from(withPasswdPassword(encodeBytes(odd), root, '$6$s$h')).toString('latin1');
  expect(after).toBe(before.replace('root:x:0', 'root:$6$s$h:0'));
  const script =
    'import sys; print([l.split(b":")[1] for l in sys.stdin.buffer.read().split(b"\\n") if l.startswith(b"root:")][0].decode())';
  expect(run('python3', ['-c', script], Buffer.from(after, 'latin1')).trim()).toBe('$6$s$h');
});

test('shells that open a session', () => {
  for (const shell of ['', '/bin/sh', '/usr/bin/fish', '/opt/my/shell']) expect(isLoginShell(shell)).toBe(true);
  for (const shell of [
    '/usr/sbin/nologin',
    '/sbin/nologin',
    '/bin/false',
    '/usr/bin/false',
    '/bin/sync',
    '/sbin/halt',
  ]) {
    expect(isLoginShell(shell)).toBe(false);
  }
});

test('groups and their members', () => {
  const text = 'root:x:0:\nsudo:x:27:anna,bob\n+:::\nbad:x:y:z\nwheel:x:10:kim\r\nempty:x:11\n';
  expect(parseGroup(encodeBytes(text))).toEqual([
    { name: 'root', gid: 0, members: [] },
    { name: 'sudo', gid: 27, members: ['anna', 'bob'] },
    { name: 'wheel', gid: 10, members: ['kim'] },
    { name: 'empty', gid: 11, members: [] },
  ]);
});
