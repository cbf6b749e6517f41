import { spawnSync } from 'node:child_process';
import { apply } from '../../src/engine/apply.ts';
import { consentTo } from '../../src/engine/consent.ts';
import { preparePlan } from '../../src/engine/prepare.ts';
import { scan } from '../../src/engine/scan.ts';
import { chooseAccount } from '../../src/engine/select.ts';
import { createStorage } from '../../src/host/storage/storage.ts';
import type { WriteStep } from '../../src/host/tree/writing.ts';
import { Secret } from '../../src/model/secret.ts';
import { resetPassword } from '../../src/operations/reset-password.ts';
import { contextOn } from './context.ts';

/**
 * A program of its own, for tests: resets a password with the real engine and host, and is stopped at a write step.
 *
 *   stopped-run.ts IMAGE USER PASSWORD kill N     SIGKILL just before write step N
 *   stopped-run.ts IMAGE USER PASSWORD copy PREFIX   before each step, what the disk holds at that moment is copied to
 *                                                 PREFIX<N>: as if the power had been cut there
 *
 * Prints the name of each step.
 */
const [image = '', user = '', password = '', mode = '', argument = ''] = process.argv.slice(2);

let steps = 0;
const onStep = (step: WriteStep): void => {
  steps += 1;
  if (mode === 'kill' && steps === Number(argument)) process.kill(process.pid, 'SIGKILL');
  if (mode === 'copy') spawnSync('cp', ['--sparse=always', image, `${argument}${steps}`]);
  console.log(step);
};

await using storage = createStorage({ onStep });
const context = contextOn(storage);
const found = await scan(context, [{ kind: 'image', path: image }]);
const { system, account } = chooseAccount(found, { on: undefined, user }, resetPassword);
const secret = new Secret(password);
const prepared = await preparePlan(context, found, resetPassword, system, {
  account,
  password: secret,
  unlock: false,
  fix: undefined,
});
await apply(context, prepared, consentTo(prepared.plan, 'order'));
