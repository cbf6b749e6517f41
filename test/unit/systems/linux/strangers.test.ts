import { describe, expect, test } from 'vitest';
import { isRescueError } from '../../../../src/model/errors.ts';
import { folder, other, symlink } from '../../../support/fixture-tree.ts';
import { bob, bobOf, hash, linux, list, setPassword } from '../../../support/small-linux.ts';

const codeOf = (action: Promise<unknown>) =>
  action.then(
    () => 'nothing thrown',
    (error) => (isRescueError(error) ? error.code : error),
  );
describe('a stranger’s tree', () => {
  test('shadow as an absolute link or a climbing one stays inside', async () => {
    const tree = linux(bob, '', {
      '/etc/shadow': symlink('/../../data/shadow'),
      '/data/shadow': `bob:!${hash}:::::::\n`,
    });
    expect(
      await bobOf('', { '/etc/shadow': symlink('../../../data/shadow'), '/data/shadow': 'bob:!:::::::\n' }),
    ).toMatchObject({ notes: ['locked'] });
    expect((await list(tree)).at(-1)).toMatchObject({ notes: ['locked'] });
  });

  test.each([
    ['a FIFO', other, 'not-a-file'],
    ['a folder', folder, 'not-a-file'],
    ['a loop', symlink('shadow'), 'path-loop'],
    ['gigantic', new Uint8Array(5 << 20), 'file-too-large'],
  ] as const)('shadow as %s is refused in words', async (_, shadow, code) => {
    expect(await codeOf(list(linux(bob, '', { '/etc/shadow': shadow })))).toBe(code);
  });

  test('what only adds to the picture may be anything', async () => {
    const odd = { '/etc/group': other, '/etc/login.defs': folder, '/etc/os-release': symlink('os-release') };
    const more = { '/home/bob/.ssh/authorized_keys': other, '/home/bob/.local': other, '/etc/ssh/sshd_config': folder };
    const account = await bobOf(`bob:!${hash}:::::::\n`, { ...odd, ...more });
    expect(account).toMatchObject({ notes: ['locked'] });
    const tree = linux(bob, `bob:!${hash}:::::::\n`, { ...odd, ...more });
    expect((await setPassword(tree, { unlock: true })).warnings).toEqual([]);
  });

  test('homes that are no paths are not looked into', async () => {
    for (const home of ['', 'relative', '../../..', '/a\0b', `/${'x'.repeat(5000)}`]) {
      const passwd = bob.replace('/home/bob', home);
      expect(await bobOf('bob:!:::::::\n', {}, passwd)).toMatchObject({ login: 'nothing' });
      expect((await setPassword(linux(passwd, 'bob:!:::::::\n'), { unlock: true })).warnings).toEqual([]);
    }
  });

  test('names like an object’s own machinery are only names', async () => {
    const passwd = '__proto__:x:1000:1::/:/bin/sh\nconstructor:x:1001:1::/:/bin/sh\n';
    const tree = linux(passwd, `__proto__:${hash}:::::::\n`);
    expect((await list(tree)).map(({ name, login }) => [name, login])).toEqual([
      ['root', 'password'],
      ['__proto__', 'password'],
      ['constructor', 'nothing'],
    ]);
    expect((await setPassword(tree, { name: '__proto__' })).lines[1]).toMatch(/^__proto__:\$6\$/);
  });

  test('a hundred thousand accounts are listed', async () => {
    const passwd = Array.from(
      { length: 100_000 },
      (_, index) => `u${index}:x:${1000 + (index % 50_000)}:1::/h:/s\n`,
    ).join('');
    expect(await list(linux(passwd, ''))).toHaveLength(100_001);
  });
});
