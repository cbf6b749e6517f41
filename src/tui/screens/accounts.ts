import type { Account } from '../../model/account.ts';
import type { InstalledSystem } from '../../model/system.ts';
import { accountsFor, findSystem, findVolume } from '../find.ts';
import { ask } from '../inputs/index.ts';
import { emptyLine, line } from '../kit/frame.ts';
import { textOf } from '../kit/layout.ts';
import { chosenOf, item, type MenuRow, moved, renderMenu } from '../kit/menu.ts';
import type { ScreenNamed, State } from '../state.ts';
import { backFrom, changed, stay } from '../step.ts';
import { describeAccount, titleOfSystem } from '../words.ts';
import type { ScreenDefinition } from './definition.ts';

const offered = (system: InstalledSystem | undefined, { operation }: ScreenNamed<'accounts'>): readonly Account[] =>
  system ? accountsFor(system, operation) : [];

const rowsOf = (state: State, accounts: readonly Account[]): readonly MenuRow[] =>
  accounts.map((account, index) => item(`${index}`, ...describeAccount(state, account)));

export const accounts: ScreenDefinition<'accounts'> = {
  content: (state, screen, area) => {
    const { tui, operations } = textOf(state);
    const asked = operations[screen.operation.id].menu;
    const system = findSystem(state, screen.volume, screen.systemId);
    const rows = rowsOf(state, offered(system, screen));
    const chosen = chosenOf(rows, screen.chosen);
    const list =
      rows.length > 0 ? renderMenu(rows, chosen, { ...area, rows: area.rows - 2 }) : [line(tui.accounts.none)];
    return {
      title: tui.accounts.title,
      lines: system
        ? [line(`${titleOfSystem(system)} · ${screen.volume.selector} · ${asked}`, 'faint'), emptyLine, ...list]
        : [line(findVolume(state, screen.volume) ? tui.accounts.gone : tui.volume.gone, 'warning')],
      hints: [tui.keys.choose, tui.keys.open, tui.keys.back],
    };
  },

  onKey: (state, screen, key) => {
    const system = findSystem(state, screen.volume, screen.systemId);
    const rows = rowsOf(state, offered(system, screen));
    const chosen = chosenOf(rows, screen.chosen);
    const next = moved(rows, chosen, key);
    if (next !== undefined) return stay(changed(state, { ...screen, chosen: next }));
    if (key === 'escape' || key === 'left') return stay(backFrom(state));
    const account = offered(system, screen)[Number(chosen)];
    if ((key !== 'enter' && key !== 'right') || !account) return stay(state);
    const { operation, volume, systemId } = screen;
    const here = changed(state, { ...screen, chosen });
    return ask(here, operation, { volume, systemId, account });
  },
};
