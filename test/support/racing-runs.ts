/**
 * node test/support/racing-runs.ts USER SOURCE: a run of its own for each password on standard input, by the real engine
 * and host; prints `done`, or the code of the error. Two of these are two runs at once, without the time that starting takes.
 */
import { createInterface } from 'node:readline';
import { apply } from '../../src/engine/apply.ts';
import { consentTo } from '../../src/engine/consent.ts';
import { preparePlan } from '../../src/engine/prepare.ts';
import { scan } from '../../src/engine/scan.ts';
import { chooseAccount } from '../../src/engine/select.ts';
import { createStorage } from '../../src/host/storage/storage.ts';
import { firstFailure, isRescueError } from '../../src/model/errors.ts';
import { Secret } from '../../src/model/secret.ts';
import { resetPassword } from '../../src/operations/reset-password.ts';
import { contextOn } from './context.ts';

const [user = '', source = ''] = process.argv.slice(2);

const reset = async (password: string): Promise<string> => {
  try {
    await using storage = createStorage();
    const context = contextOn(storage);
    const found = await scan(context, [await storage.identify(source)]);
    const { system, account } = chooseAccount(found, { on: undefined, user }, resetPassword);
    const wish = { account, password: new Secret(password), unlock: false, fix: undefined };
    const prepared = await preparePlan(context, found, resetPassword, system, wish);
    await apply(context, prepared, consentTo(prepared.plan, 'order'));
    return 'done';
  } catch (thrown) {
    const error = firstFailure(thrown);
    return isRescueError(error) ? error.code : String(error);
  }
};

for await (const password of createInterface({ input: process.stdin })) console.log(await reset(password));
