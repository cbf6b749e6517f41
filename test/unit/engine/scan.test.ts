import { describe, expect, test } from 'vitest';
import type { Context } from '../../../src/engine/context.ts';
import { scan, scanUntil } from '../../../src/engine/scan.ts';
import { RescueError } from '../../../src/model/errors.ts';
import type { Storage } from '../../../src/model/storage.ts';
import type { SystemProfile } from '../../../src/model/system.ts';
import type { Tree } from '../../../src/model/tree.ts';
import { diskOf, volumeOf } from '../../support/volume.ts';

const emptyTree: Tree = {
  read: async () => undefined,
  readStart: async () => undefined,
  readRange: async () => undefined,
  list: async () => [],
  status: async () => undefined,
  resolve: async () => undefined,
  label: async () => undefined,
  isImmutable: async () => false,
  linkTarget: async () => undefined,
};

const storage: Storage = {
  survey: async () => [diskOf([volumeOf()])],
  identify: async (path) => ({ kind: 'device', path }),
  addKeys: () => {},
  canLook: () => true,
  look: async () => ({ tree: emptyTree, [Symbol.asyncDispose]: async () => {} }),
  lock: async () => {
    throw new Error('a scan writes nothing');
  },
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

const contextOf = (different: Partial<Storage>, profiles: readonly SystemProfile[]): Context => ({
  storage: { ...storage, ...different },
  profiles,
  emit: () => {},
  now: () => 0,
  randomBytes: (count) => new Uint8Array(count),
  shield: (action) => action(),
  stoppable: (action) => action(new AbortController().signal),
  isStopAsked: () => false,
});

test('a broken profile costs a notice, and the others are heard', async () => {
  const { systems, notices } = await scan(contextOf({}, [broken, sound]), []);
  expect(systems.map(({ id }) => id)).toEqual(['linux@sdb2']);
  expect(notices).toMatchObject([{ code: 'profile-failed', details: { profile: 'debian', selector: 'sdb2' } }]);
});

describe('a look that somebody ends', () => {
  const never = new Promise<never>(() => {});
  const healthy = volumeOf({ id: 'a', selector: 'sda1' });
  const dying = volumeOf({ id: 'b', selector: 'sdb1' });
  const late = Array.from({ length: 9 }, (_, index) => volumeOf({ id: `c${index}`, selector: `sdc${index}` }));

  test('has what was found, and says what it never got to', async () => {
    const controller = new AbortController();
    const looked: string[] = [];
    const look: Storage['look'] = async (volume) => {
      looked.push(volume.selector);
      if (volume.id !== 'a') setTimeout(() => controller.abort(), 20);
      return volume.id === 'a' ? storage.look(volume) : never;
    };
    const survey = async () => [diskOf([healthy, dying, ...late])];
    const found = await scanUntil(contextOf({ survey, look }, [sound]), [], controller.signal);
    expect(found?.scan.systems.map(({ id }) => id)).toEqual(['linux@sda1']);
    expect(found?.scan.disks).toHaveLength(1);
    expect(found?.unseen).toEqual(['b', ...late.map(({ id }) => id)]);
    expect(looked).toHaveLength(4);
  });

  test('leaves alone what is open elsewhere', async () => {
    const looked: string[] = [];
    const look: Storage['look'] = (volume) => {
      looked.push(volume.selector);
      return storage.look(volume);
    };
    const context = contextOf({ survey: async () => [diskOf([healthy, dying])], look }, [sound]);
    const found = await scanUntil(context, [], new AbortController().signal, new Set(['b']));
    expect(found?.unseen).toEqual(['b']);
    expect(looked).toEqual(['sda1']);
  });

  test('does not take a volume that did not answer in time for one where nothing is', async () => {
    const unopened = new RescueError('tool-timeout', { tool: 'blkid' });
    const silent = volumeOf({ id: 'b', selector: 'sdb1', unopened });
    const context = contextOf({ survey: async () => [diskOf([healthy, silent])] }, [sound]);
    const found = await scanUntil(context, [], new AbortController().signal);
    expect(found?.unseen).toEqual(['b']);
    expect(found?.scan.notices).toEqual([{ code: 'cannot-look', details: { selector: 'sdb1', error: unopened } }]);
  });

  test('while the disks themselves are not known yet, there is nothing', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    expect(await scanUntil(contextOf({ survey: () => never }, []), [], controller.signal)).toBeUndefined();
    expect(await scanUntil(contextOf({}, []), [], controller.signal)).toBeUndefined();
  });
});
