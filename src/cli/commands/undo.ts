import { narrowScan } from '../../engine/select.ts';
import { chooseJournal, planUndo } from '../../engine/undo.ts';
import { carryOut } from '../carry-out.ts';
import { defineCommand } from '../command.ts';
import { scanAsked } from '../sources.ts';

/** Puts back what a run replaced. */
export const undoCommand = defineCommand({
  syntax: 'undo [id]',
  name: 'undo',
  options: (parser, words) =>
    parser
      .positional('id', { type: 'string', describe: words.id })
      .option('force', { type: 'boolean', describe: words.force }),
  run: async (session, options) => {
    const found = narrowScan(await scanAsked(session.context, options), options.on);
    const record = chooseJournal(found, options.id);
    const prepared = await planUndo(session.context, found, record, { force: options.force === true });
    await carryOut(session, prepared, options);
  },
});
