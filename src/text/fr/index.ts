import type { Text } from '../text.ts';
import { errors } from './errors.ts';
import { findings } from './findings.ts';
import { help } from './help.ts';
import { inputs } from './inputs.ts';
import { jobs } from './jobs.ts';
import { newerRun } from './newer-run.ts';
import { notices } from './notices.ts';
import { operations } from './operations.ts';
import { recovery } from './recovery.ts';
import { effects, run } from './run.ts';
import { scan } from './scan.ts';
import { tui } from './tui.ts';

export const fr: Text = {
  language: 'fr',
  errors,
  notices,
  effects,
  operations,
  inputs,
  newerRun,
  scan,
  findings,
  run,
  tui,
  jobs,
  recovery,
  help,
  bug: 'Sparekey a ici un défaut, désolé. Ce qui était en cours d’écriture est resté entier. Merci de signaler ce qui suit.',
};
