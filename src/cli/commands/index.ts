import { isChange, isCopy, isIn, operations } from '../../operations/index.ts';
import type { Command } from '../command.ts';
import { commandOf } from '../operation-command.ts';
import { catCommand } from './cat.ts';
import { checkCommand } from './check.ts';
import { hashCommand } from './hash.ts';
import { lsCommand } from './ls.ts';
import { runCommand } from './run.ts';
import { scanCommand } from './scan.ts';

const offered = operations.filter(isIn('cli'));

/** Every command, in the order of --help. */
export const commands: readonly Command[] = [
  scanCommand,
  checkCommand,
  ...offered.filter(isChange).map(commandOf),
  ...[runCommand, hashCommand, lsCommand, catCommand],
  ...offered.filter(isCopy).map(commandOf),
];
