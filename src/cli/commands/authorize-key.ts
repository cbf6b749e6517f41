import { preparePlan } from '../../engine/prepare.ts';
import { chooseAccount } from '../../engine/select.ts';
import { authorizeKey } from '../../operations/authorize-key.ts';
import { carryOut } from '../carry-out.ts';
import { defineCommand } from '../command.ts';
import { obtainPublicKey } from '../public-key.ts';
import { scanAsked } from '../sources.ts';

/** Lets a key in over SSH, for one account. */
export const authorizeKeyCommand = defineCommand({
  syntax: 'authorize-key',
  name: 'authorize-key',
  options: (parser, words) =>
    parser
      .option('user', { type: 'string', demandOption: true, requiresArg: true, describe: words.user })
      .option('key', { type: 'string', requiresArg: true, describe: words.key }),
  run: async (session, options) => {
    const { context, terminal, text } = session;
    // Before the disks are looked at: nobody should wait for a refusal.
    const key = await obtainPublicKey(options.key, terminal, text);
    const found = await scanAsked(context, options);
    const { system, account } = chooseAccount(found, { on: options.on, user: options.user }, authorizeKey);
    await carryOut(session, await preparePlan(context, found, authorizeKey, system, { account, key }), options);
  },
});
