import { type Checked, checkSystem } from '../../engine/check.ts';
import { chooseAccount, narrowScan } from '../../engine/select.ts';
import { jsonDocument } from '../../formats/json-text.ts';
import { checkDocument, formatChecks } from '../check-text.ts';
import { defineCommand } from '../command.ts';
import { scanAsked } from '../sources.ts';

/** What keeps people out, or the machine from starting: of one account, or of every system. */
export const checkCommand = defineCommand({
  syntax: 'check',
  name: 'check',
  options: (parser, words) => parser.option('user', { type: 'string', requiresArg: true, describe: words.user }),
  run: async ({ context, terminal, text }, options) => {
    const { on, user } = options;
    const found = await scanAsked(context, options);
    const checks: Checked[] = [];
    if (user === undefined)
      for (const system of narrowScan(found, on).systems) checks.push(await checkSystem(context, found, system));
    else {
      const { system, account } = chooseAccount(found, { on, user }, { id: 'check', needs: 'loginChecks' });
      checks.push(await checkSystem(context, found, system, account));
    }
    if (options.json) terminal.print(jsonDocument(checkDocument(checks, text)));
    else terminal.print(checks.length > 0 ? formatChecks(checks, text) : text.scan.noSystems);
  },
});
