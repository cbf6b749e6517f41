import { expect, test } from 'vitest';
import { plannedTree } from '../../../src/engine/planned-tree.ts';
import { encodeBytes } from '../../../src/formats/bytes.ts';
import type { Change } from '../../../src/model/plan.ts';
import { memoryTree, symlink } from '../../support/fixture-tree.ts';

const tree = memoryTree({
  '/etc/passwd': 'old',
  '/etc/nologin': '',
  '/home/bob/.profile': 'x',
  '/users': symlink('/home'),
});
const attributes = { uid: 1000, gid: 1000, mode: 0o600 };
const changes: readonly Change[] = [
  {
    kind: 'write-file',
    path: '/etc/passwd',
    before: '',
    content: encodeBytes('newer'),
    effects: [],
    liftsImmutable: false,
  },
  { kind: 'remove-file', path: '/etc/nologin', before: '', attributes, folders: [], effects: [] },
  {
    kind: 'create-file',
    path: '/home/bob/.ssh/authorized_keys',
    content: encodeBytes('key'),
    attributes,
    folders: [{ path: '/home/bob/.ssh', attributes: { ...attributes, mode: 0o700 } }],
    effects: [],
  },
];

test('a tree as it will be: replaced, made and removed files, also behind links', async () => {
  const planned = plannedTree(tree, changes);
  const text = async (path: string) => Buffer.from((await planned.read(path)) ?? []).toString();
  expect(await text('/etc/passwd')).toBe('newer');
  expect((await planned.status('/etc/passwd'))?.sizeBytes).toBe(5);
  expect(await planned.read('/etc/nologin')).toBeUndefined();
  expect(await planned.status('/etc/nologin')).toBeUndefined();
  expect((await planned.list('/etc')).map(({ name }) => name)).toEqual(['passwd']);
  expect(await text('/users/bob/.ssh/authorized_keys')).toBe('key');
  expect(await planned.status('/users/bob/.ssh')).toMatchObject({ kind: 'directory', mode: 0o700, uid: 1000 });
  expect((await planned.list('/home/bob')).map(({ name }) => name).sort()).toEqual(['.profile', '.ssh']);
  expect(await planned.resolve('/users/bob/.ssh/authorized_keys')).toBe('/home/bob/.ssh/authorized_keys');
  // The tree itself is as it was.
  expect(Buffer.from((await tree.read('/etc/passwd')) ?? []).toString()).toBe('old');
});
