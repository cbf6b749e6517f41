import { named } from '../names.ts';

/** What is wrong with a backup, by what its reader said. */
const reasons: Readonly<Record<string, string>> = {
  'cut short': 'cut short',
  'no tar header': 'something is not where its table of contents says',
  'record cut short': 'something is not where its table of contents says',
  'no backup.json': 'no backup.json: Home Assistant did not finish it',
  'backup.json is spoilt': 'its backup.json is spoilt',
  'too many members': 'it holds far too many files',
  'unknown version': 'encrypted in a way that is newer than this program',
  damaged: 'its content is spoilt',
};

/** Other reasons are names of errors, and stay as they are. */
export const backupReason = (reason: string): string => reasons[reason] ?? named(reason);
