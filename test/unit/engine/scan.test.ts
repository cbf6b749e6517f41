import { expect, test } from 'vitest';
import type { Context } from '../../../src/engine/context.ts';
import { scan } from '../../../src/engine/scan.ts';
import type { Storage } from '../../../src/model/storage.ts';
import type { SystemProfile } from '../../../src/model/system.ts';
import type { Tree } from '../../../src/model/tree.ts';
import { diskOf, volumeOf } from '../../support/volume.ts';

const emptyTree: Tree = {
  read: async () => undefined,
  list: async () => [],
  status: async () => undefined,
  resolve: async () => undefined,
  isImmutable: async () => false,
};

const storage: Storage = {
  survey: async () => [diskOf([volumeOf()])],
  identify: async (path) => ({ kind: 'device', path }),
  canLook: () => true,
  look: async () => ({ tree: emptyTree, [Symbol.asyncDispose]: async () => {} }),
  lease: async () => {
    throw new Error('a scan writes nothing');
  },
};

const broken: SystemProfile = {
  id: 'debian',
  detect: async () => {
    throw new TypeError('a fault in the profile');
  },
};

const sound: SystemProfile = { id: 'linux', detect: async () => [{ name: 'Linux', home: '/' }] };

test('a broken profile costs a notice, and the others are heard', async () => {
  const context: Context = {
    storage,
    profiles: [broken, sound],
    emit: () => {},
    now: () => 0,
    randomBytes: (count) => new Uint8Array(count),
    shield: (action) => action(),
    stoppable: (action) => action(new AbortController().signal),
  };
  const { systems, notices } = await scan(context, []);
  expect(systems.map(({ id }) => id)).toEqual(['linux@sdb2']);
  expect(notices).toMatchObject([{ code: 'profile-failed', details: { profile: 'debian', selector: 'sdb2' } }]);
});
