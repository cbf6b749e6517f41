import { expect, test } from 'vitest';
import type { Context } from '../../../src/engine/context.ts';
import { digestOf } from '../../../src/engine/digest.ts';
import type { JournalRecord } from '../../../src/engine/journal.ts';
import { wholeVolume } from '../../../src/engine/open-pieces.ts';
import { preparePlan } from '../../../src/engine/prepare.ts';
import { planUndo } from '../../../src/engine/undo.ts';
import type { Volume } from '../../../src/model/storage.ts';
import type { InstalledSystem } from '../../../src/model/system.ts';
import type { Tree } from '../../../src/model/tree.ts';
import type { Planner } from '../../../src/operations/operation.ts';
import type { Purpose } from '../../../src/operations/purpose.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** A mounted folder in which another run writes between our first reading of a file and the second. */
const changingTree = (files: Readonly<Record<string, readonly [first: string, then: string]>>): Tree => {
  const readings = new Map<string, number>();
  const resolve = async (path: string) => (path === '/etc/link' ? '/etc/shadow' : path);
  return {
    read: async (asked) => {
      const path = await resolve(asked);
      const count = readings.get(path) ?? 0;
      readings.set(path, count + 1);
      const [first, then] = files[path] ?? [];
      const text = count === 0 ? first : then;
      return text === undefined ? undefined : bytes(text);
    },
    readStart: async () => undefined,
    readRange: async () => undefined,
    list: async () => [],
    status: async () => ({ kind: 'file', sizeBytes: 0, mode: 0o600, uid: 0, gid: 0, modifiedAtMs: 0 }),
    resolve,
    label: async () => undefined,
    isImmutable: async () => false,
    linkTarget: async (path) => (path === '/etc/link' ? 'shadow' : undefined),
  };
};

const volume: Volume = {
  ...{ id: 'v', diskId: 'd', selector: '/mnt', path: '/mnt', kind: 'folder', offsetBytes: 0, sizeBytes: 0 },
  ...{ isInUse: false, mountPoints: [], isReadOnly: false, isHibernated: false },
};
const contextOf = (tree: Tree) =>
  ({
    storage: { look: async () => ({ tree, [Symbol.asyncDispose]: async () => {} }) },
    now: () => 0,
    randomBytes: (count: number) => new Uint8Array(count),
  }) as unknown as Context;
const system = { volume, pieces: wholeVolume(volume) } as unknown as InstalledSystem;
const scan = { disks: [], systems: [], notices: [], journals: [] } as never;

test.each(['/etc/shadow', '/etc/link'])(
  'a plan replaces what it was made from, and not what another run wrote meanwhile (%s)',
  async (path) => {
    const tree = changingTree({ '/etc/shadow': ['ann:old\nbob:old\n', 'ann:NEW\nbob:old\n'] });
    const task: Planner<undefined, Purpose> = {
      plan: async ({ tree: shown }) => {
        const current = new TextDecoder().decode(await shown.read(path));
        return {
          purpose: { task: 'reset-password', user: 'bob', system: 's' },
          edits: [{ path, content: bytes(current.replace('bob:old', 'bob:NEW')), effects: [] }],
          warnings: [],
          verify: async () => {},
        };
      },
    };
    const { plan } = await preparePlan(contextOf(tree), scan, task, system, undefined);
    expect(plan.changes[0]).toMatchObject({ path: '/etc/shadow', before: digestOf(bytes('ann:old\nbob:old\n')) });
  },
);

test('an undo replaces what it compared, and not what another run wrote meanwhile', async () => {
  const before = digestOf(bytes('old'));
  const after = digestOf(bytes('ours'));
  const tree = changingTree({ '/etc/shadow': ['ours', 'theirs'], '/.sparekey/id/0.saved': ['old', 'old'] });
  const entry = { kind: 'replaced', path: '/etc/shadow', before, after, saved: '0.saved', temporary: '.sparekey-id-0' };
  const manifest = {
    id: 'id',
    state: 'done',
    createdAtMs: 0,
    purpose: { task: 'undo', journal: 'x' },
    entries: [entry],
  };
  const record = { manifest, volume } as unknown as JournalRecord;
  const { plan } = await planUndo(contextOf(tree), scan, record, { force: false });
  expect(plan.changes[0]).toMatchObject({ before: after });
});
