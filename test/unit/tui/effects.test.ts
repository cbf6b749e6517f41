import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Context } from '../../../src/engine/context.ts';
import { RescueError } from '../../../src/model/errors.ts';
import type { Station } from '../../../src/model/station.ts';
import type { Storage } from '../../../src/model/storage.ts';
import { createPerform } from '../../../src/tui/effects.ts';
import { planForBob } from '../../support/tui-scenes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new Promise<never>(() => {});

/** Disks of which one never answers, and another refuses to be written. */
const createTools = (survey: Storage['survey']) => {
  const context = {
    storage: {
      survey,
      canLook: () => false,
      lock: async () => ({ [Symbol.asyncDispose]: async () => {} }),
      lease: () => Promise.reject(new RescueError('read-only-device', { selector: 'sdb8' })),
    },
    profiles: [],
    emit: () => {},
    now: () => 0,
    randomBytes: (count: number) => new Uint8Array(count),
    shield: (action: () => unknown) => action(),
  } as unknown as Context;
  return createPerform({
    context,
    station: {} as Station,
    sources: [],
    openRecovery: () => never,
    tell: () => {},
  });
};

test('a look that hangs keeps a write waiting for some seconds, and no longer', async () => {
  const perform = createTools(() => never);
  const looked = perform({ kind: 'scan' });
  const answers: (string | undefined)[] = [];
  void perform({ kind: 'apply', prepared: planForBob }).then((answer) => answers.push(answer?.kind));
  await vi.advanceTimersByTimeAsync(4000);
  expect(answers).toEqual([]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(answers).toEqual(['apply-failed']);
  expect(await looked).toEqual({ kind: 'look-stopped' });
});

test('a look that answers is waited for, and not ended', async () => {
  const { promise, resolve } = Promise.withResolvers<[]>();
  const perform = createTools(() => promise);
  const looked = perform({ kind: 'scan' });
  const written = perform({ kind: 'apply', prepared: planForBob });
  await vi.advanceTimersByTimeAsync(3000);
  resolve([]);
  expect(await looked).toMatchObject({ kind: 'scanned', isStopped: false });
  expect(await written).toMatchObject({ kind: 'apply-failed' });
  // The next one is not ended by what was only meant for the last.
  const next = perform({ kind: 'scan' });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await next).toMatchObject({ kind: 'scanned', isStopped: false });
});

test('a look is ended when it is asked to, and the next one is a new one', async () => {
  let isHanging = true;
  const perform = createTools(() => (isHanging ? never : Promise.resolve([])));
  const hanging = perform({ kind: 'scan' });
  await vi.advanceTimersByTimeAsync(10);
  await perform({ kind: 'stop-look' });
  expect(await hanging).toEqual({ kind: 'look-stopped' });
  isHanging = false;
  expect(await perform({ kind: 'scan' })).toMatchObject({ kind: 'scanned' });
});
