import { randomBytes } from 'node:crypto';
import type { Context } from '../../src/engine/context.ts';
import type { Storage } from '../../src/model/storage.ts';
import { profiles } from '../../src/systems/index.ts';

/** What the engine stands on in a test: the systems that we know, real disks or what else is given, and no signals. */
export const contextOn = (storage: Storage, different: Partial<Context> = {}): Context => ({
  storage,
  profiles,
  emit: () => {},
  now: Date.now,
  randomBytes,
  shield: (action) => action(),
  stoppable: (action) => action(new AbortController().signal),
  isStopAsked: () => false,
  ...different,
});
