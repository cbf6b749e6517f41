import type { Command } from '../command.ts';
import { authorizeKeyCommand } from './authorize-key.ts';
import { backupsCommand } from './backups.ts';
import { catCommand } from './cat.ts';
import { checkCommand } from './check.ts';
import { cloneCommand } from './clone.ts';
import { hashCommand } from './hash.ts';
import { lsCommand } from './ls.ts';
import { recoverCommand } from './recover.ts';
import { resetPasswordCommand } from './reset-password.ts';
import { runCommand } from './run.ts';
import { scanCommand } from './scan.ts';
import { undoCommand } from './undo.ts';

/** Every command, in the order of --help. */
export const commands: readonly Command[] = [
  scanCommand,
  checkCommand,
  resetPasswordCommand,
  authorizeKeyCommand,
  undoCommand,
  runCommand,
  hashCommand,
  lsCommand,
  catCommand,
  recoverCommand,
  cloneCommand,
  backupsCommand,
];
