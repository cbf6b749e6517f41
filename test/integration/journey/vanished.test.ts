import { cpSync, existsSync, mkdirSync, renameSync, truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import { apply } from '../../../src/engine/apply.ts';
import { consentTo } from '../../../src/engine/consent.ts';
import type { EngineEvent } from '../../../src/engine/events.ts';
import { preparePlan } from '../../../src/engine/prepare.ts';
import { scan } from '../../../src/engine/scan.ts';
import { chooseAccount } from '../../../src/engine/select.ts';
import { createStorage } from '../../../src/host/storage/storage.ts';
import { firstFailure, isRescueError, type KnownError } from '../../../src/model/errors.ts';
import { Secret } from '../../../src/model/secret.ts';
import { resetPassword } from '../../../src/operations/reset-password.ts';
import { contextOn } from '../../support/context.ts';
import { loopsOver, readWithDebugfs } from '../../support/disk-image.ts';
import { opensHash } from '../../support/libcrypt.ts';
import { createLinuxDisk, shadowBefore } from '../../support/linux-disk.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { run } from '../../support/tools.ts';

const at = scratchFolder('vanished');
const password = 'Kanarienvogel im Schacht 7';

/** Resets bob's password on a disk that something happens to between the write and its proof. */
const resetAnd = async (
  path: string,
  happen: () => void,
): Promise<{ readonly error: KnownError; readonly events: readonly EngineEvent['kind'][] }> => {
  const events: EngineEvent['kind'][] = [];
  await using storage = createStorage();
  const context = contextOn(storage, {
    emit: ({ kind }) => {
      events.push(kind);
      if (kind === 'closed' && events.filter((each) => each === kind).length === 1) happen();
    },
  });
  const found = await scan(context, [await storage.identify(path)]);
  const { system, account } = chooseAccount(found, { on: undefined, user: 'bob' }, resetPassword);
  const wish = { account, password: new Secret(password), unlock: false, fix: undefined };
  const prepared = await preparePlan(context, found, resetPassword, system, wish);
  try {
    await apply(context, prepared, consentTo(prepared.plan, 'order'));
  } catch (thrown) {
    const error = firstFailure(thrown);
    if (isRescueError(error)) return { error, events };
    throw error;
  }
  throw new Error('it was said to be done');
};

test.each([
  ['is moved away', (image: string, away: string) => renameSync(image, away)],
  [
    'cannot be read any more',
    (image: string, away: string) => {
      renameSync(image, away);
      cpSync(away, image);
      truncateSync(image, 4096);
    },
  ],
])('an image that %s between the write and its proof: what is known is said', async (_, happen) => {
  const image = createLinuxDisk(at('card.img'));
  const away = at('away.img');
  const { error, events } = await resetAnd(image, () => happen(image, away));
  expect([error.code, exitCodes[error.code]]).toEqual(['not-proved', 1]);
  expect(events).not.toContain('rolling-back');
  // It says where the old file lies, and there it does.
  const { journal } = error.details as { journal: string };
  expect(readWithDebugfs(away, `${journal}/0.saved`)).toBe(shadowBefore.toString());
  const shadow = readWithDebugfs(away, '/etc/shadow');
  expect(opensHash(password, shadow.match(/^bob:([^:]*)/m)?.[1] ?? '')).toBe(true);
});

test('a mounted folder that is unmounted between the write and its proof', async () => {
  const image = createLinuxDisk(at('mounted.img'));
  const folder = at('mounted');
  mkdirSync(folder);
  run('mount', ['-o', 'loop', image, folder]);
  const { error } = await resetAnd(folder, () => run('umount', ['--lazy', folder]));
  expect([error.code, exitCodes[error.code]]).toEqual(['rollback-failed', 1]);
  const { journal } = error.details as { journal: string };
  // It was unmounted lazily: its last user was our lock.
  while (loopsOver(image) !== '') await new Promise((resolve) => setTimeout(resolve, 50));
  expect(readWithDebugfs(image, `${journal}/0.saved`)).toBe(shadowBefore.toString());
  expect(existsSync(`${folder}/etc`)).toBe(false);
});
