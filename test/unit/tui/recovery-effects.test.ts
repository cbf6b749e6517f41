import { describe, expect, test } from 'vitest';
import type { Context } from '../../../src/engine/context.ts';
import { RescueError } from '../../../src/model/errors.ts';
import type { CopyRequest, CopySummary, Recovery, SourceView } from '../../../src/model/recovery.ts';
import { createRecoveryEffects } from '../../../src/tui/recovery/effects.ts';
import { createHeldSource } from '../../../src/tui/recovery/held-source.ts';
import type { RecoveryEffect, RecoveryMessage } from '../../../src/tui/recovery/messages.ts';
import type { Outcome } from '../../../src/tui/recovery/state.ts';
import { memoryTree } from '../../support/fixture-tree.ts';
import { filesOutcome, places } from '../../support/recovery-scenes.ts';
import { data, debianRoot, haos } from '../../support/tui-scenes.ts';

const tree = memoryTree({
  '/supervisor/homeassistant/configuration.yaml': 'default_config:\n',
  '/supervisor/homeassistant/.storage/auth': '{}',
  '/supervisor/homeassistant/aaa': 'x',
  '/supervisor/backup/a.tar': '',
});

const summaryOf = (outcome: Outcome): CopySummary => {
  if (outcome.kind !== 'files') throw new Error(outcome.kind);
  return outcome.receipt.summary;
};
const summary = summaryOf(filesOutcome());
const [stick] = places;
if (!stick) throw new Error('no place');

interface Told {
  readonly opened: string[];
  readonly closed: string[];
  readonly copies: CopyRequest[];
  readonly notes: string[];
}

/** A recovery whose volumes hold the tree above, and which tells what was asked of it. */
const createFake = (different: Partial<SourceView> = {}): Told & { readonly recovery: Recovery } => {
  const told: Told = { opened: [], closed: [], copies: [], notes: [] };
  const recovery = {
    open: async ({ selector }) => {
      told.opened.push(selector);
      return {
        tree,
        reading: 'as-is',
        measure: async () => ({ files: 3, folders: 1, bytes: 20 }),
        copyOut: async (request: CopyRequest) => {
          told.copies.push(request);
          return summary;
        },
        [Symbol.asyncDispose]: async () => void told.closed.push(selector),
        ...different,
      } as SourceView;
    },
    openPlace: async () => ({
      folder: '/proc/self/fd/42',
      freeBytes: 1e9,
      [Symbol.asyncDispose]: async () => void told.closed.push('place'),
    }),
    writeNote: async (folder, name) => void told.notes.push(`${folder}/${name}`),
  } as Partial<Recovery> as Recovery;
  return { ...told, recovery };
};

const context = {
  now: () => 0,
  stoppable: (action) => action(new AbortController().signal),
} as Partial<Context> as Context;

const start = (recovery: Recovery) => {
  const told: RecoveryMessage[] = [];
  const effects = createRecoveryEffects({
    context,
    openRecovery: async () => recovery,
    tell: (message) => told.push(message),
    afterLook: (action) => action(),
  });
  return { ...effects, told };
};

const copyEffect = (different: Partial<Extract<RecoveryEffect, { kind: 'copy' }>> = {}) =>
  ({
    kind: 'copy',
    job: 7,
    volume: data,
    paths: ['/supervisor/homeassistant'],
    cargo: { kind: 'files', volume: data },
    destination: { kind: 'place', place: stick },
    language: 'en',
    ...different,
  }) as const;

describe('a volume that is held open', () => {
  test('is opened once, told of as open, and closed when nobody uses it any more', async () => {
    const { recovery, opened, closed } = createFake();
    const source = createHeldSource(async () => recovery);
    const { promise, resolve } = Promise.withResolvers<void>();
    const using = source.use(data, () => promise);
    await source.use(data, async () => {});
    expect(opened).toEqual(['sdb8']);
    source.release();
    await new Promise((next) => setImmediate(next));
    expect(closed).toEqual([]);
    expect(source.opened()).toEqual([data.id]);
    resolve();
    await using;
    await new Promise((next) => setImmediate(next));
    expect(closed).toEqual(['sdb8']);
    expect(source.opened()).toEqual([]);
  });

  test('makes room for another one', async () => {
    const { recovery, closed } = createFake();
    const source = createHeldSource(async () => recovery);
    await source.use(data, async () => {});
    await source.use(debianRoot, async () => {});
    await new Promise((next) => setImmediate(next));
    expect(closed).toEqual(['sdb8']);
    expect(source.opened()).toEqual([debianRoot.id]);
  });

  test('that could not be opened is tried anew', async () => {
    const { recovery } = createFake();
    let tries = 0;
    const flaky: Recovery = {
      ...recovery,
      open: (volume) => {
        tries += 1;
        if (tries === 1) return Promise.reject(new RescueError('cannot-mount', { selector: 'sdb8', output: '' }));
        return recovery.open(volume);
      },
    };
    const source = createHeldSource(async () => flaky);
    await expect(source.use(data, async () => {})).rejects.toMatchObject({ code: 'cannot-mount' });
    expect(source.opened()).toEqual([]);
    expect(await source.use(data, async ({ reading }) => reading)).toBe('as-is');
  });
});

test('a volume is opened with the well-known places that are there, and its folders come sorted', async () => {
  const { perform } = start(createFake().recovery);
  expect(await perform({ kind: 'open-source', job: 1, volume: data, system: haos })).toMatchObject({
    reading: 'as-is',
    landmarks: [{ name: 'configuration' }, { name: 'backups' }],
  });
  const listed = await perform({ kind: 'list-folder', job: 2, volume: data, path: '/supervisor/homeassistant' });
  expect(listed?.kind === 'folder-listed' && listed.entries.map(({ name }) => name)).toEqual([
    '.storage',
    'aaa',
    'configuration.yaml',
  ]);
  const names = ['configuration.yaml', 'gone'];
  const detailed = await perform({ kind: 'detail', job: 3, volume: data, folder: '/supervisor/homeassistant', names });
  expect(detailed?.kind === 'detailed' && [...detailed.details]).toEqual([
    ['configuration.yaml', { sizeBytes: 16, modifiedAtMs: 0 }],
    ['gone', {}],
  ]);
});

describe('a copy onto a place', () => {
  test('goes into a folder named after the volume, and nobody reads where it was mounted', async () => {
    const { recovery, copies, notes, closed } = createFake();
    const { perform, told } = start(recovery);
    const done = await perform(copyEffect());
    expect(copies.map(({ to }) => to)).toEqual(['/proc/self/fd/42/recovered-hassos-data']);
    expect(notes).toEqual([
      '/proc/self/fd/42/recovered-hassos-data/sparekey-receipt.txt',
      '/proc/self/fd/42/recovered-hassos-data/sparekey-receipt.json',
    ]);
    expect(done).toMatchObject({ outcome: { receipt: { to: 'sda2 (SPAREKEY): recovered-hassos-data' } } });
    expect(JSON.stringify(done)).not.toContain('/proc/');
    expect(told.map(({ kind }) => kind)).toEqual(['closing']);
    expect(closed).toEqual(['place']);
  });

  test('leaves alone what was copied from another volume of that name', async () => {
    const taken = new Set(['/proc/self/fd/42/recovered-hassos-data', '/proc/self/fd/42/recovered-hassos-data-2']);
    const { recovery } = createFake({
      copyOut: async ({ to }) => {
        if (taken.has(to)) throw new RescueError('target-other-run', { path: to, source: 'another' });
        return summary;
      },
    });
    expect(await start(recovery).perform(copyEffect())).toMatchObject({
      outcome: { receipt: { to: 'sda2 (SPAREKEY): recovered-hassos-data-3' } },
    });
  });

  test('that is refused or stopped tells of the place by its name', async () => {
    const path = '/proc/self/fd/42/recovered-hassos-data';
    const full = createFake({
      copyOut: () => Promise.reject(new RescueError('target-too-small', { path, neededBytes: 2, freeBytes: 1 })),
    });
    await expect(start(full.recovery).perform(copyEffect())).rejects.toMatchObject({
      code: 'target-too-small',
      details: { path: 'sda2 (SPAREKEY): recovered-hassos-data', neededBytes: 2, freeBytes: 1 },
    });
    expect(full.closed).toEqual(['place']);
    const stopped = createFake({
      copyOut: async () => ({ ...summary, stoppedBy: new RescueError('stopped', { path }) }),
    });
    expect(await start(stopped.recovery).perform(copyEffect())).toMatchObject({
      outcome: {
        receipt: { summary: { stoppedBy: { details: { path: 'sda2 (SPAREKEY): recovered-hassos-data' } } } },
      },
    });
  });

  test('is asked to stop by its number, and by nothing else', async () => {
    const { promise, resolve } = Promise.withResolvers<AbortSignal>();
    const { recovery } = createFake({
      copyOut: ({ signal }) =>
        new Promise((end) => {
          if (!signal) return;
          signal.addEventListener('abort', () => end(summary));
          resolve(signal);
        }),
    });
    const { perform } = start(recovery);
    const copying = perform(copyEffect());
    const signal = await promise;
    await perform({ kind: 'stop', job: 8 });
    expect(signal.aborted).toBe(false);
    await perform({ kind: 'stop', job: 7 });
    expect(await copying).toMatchObject({ kind: 'copied', job: 7 });
  });
});

test('a count that is stopped is not taken for the whole', async () => {
  const { recovery } = createFake({
    measure: (_paths, onSize, signal) =>
      new Promise((end) => {
        const size = { files: 1, folders: 0, bytes: 5 };
        onSize(size);
        signal.addEventListener('abort', () => end(size));
      }),
  });
  const { perform, told } = start(recovery);
  const counting = perform({ kind: 'count', job: 5, volume: data, paths: ['/'] });
  await new Promise((next) => setImmediate(next));
  expect(told).toMatchObject([{ kind: 'counted', job: 5, size: { bytes: 5 }, isDone: false }]);
  await perform({ kind: 'stop', job: 5 });
  expect(await counting).toMatchObject({ isDone: false });
});
