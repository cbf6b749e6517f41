import type { Text } from '../text.ts';
import { errors } from './errors.ts';
import { findings } from './findings.ts';
import { help } from './help.ts';
import { jobs } from './jobs.ts';
import { notices } from './notices.ts';
import { recovery } from './recovery.ts';
import { effects, purposes, run } from './run.ts';
import { scan } from './scan.ts';
import { tui } from './tui.ts';

export const en: Text = {
  language: 'en',
  errors,
  notices,
  effects,
  purposes,
  scan,
  findings,
  run,
  tui,
  jobs,
  recovery,
  help,
  bug: 'Sparekey itself has a fault here, sorry. Whatever was being written was left whole. Please report what stands below.',
};
