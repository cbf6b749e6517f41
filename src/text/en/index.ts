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

/** The words of which the types of all are made. */
export const en = {
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
  bug: 'Sparekey itself has a fault here, sorry. Whatever was being written was left whole. Please report what stands below.',
};
