import { named } from '../names.ts';

/** What is wrong with a backup, by what its reader said. */
const reasons: Readonly<Record<string, string>> = {
  'cut short': 'coupée avant la fin',
  'no tar header': 'quelque chose n’est pas là où sa table des matières l’annonce',
  'record cut short': 'quelque chose n’est pas là où sa table des matières l’annonce',
  'no backup.json': 'pas de backup.json : Home Assistant ne l’a pas terminée',
  'backup.json is spoilt': 'son backup.json est abîmé',
  'too many members': 'elle contient bien trop de fichiers',
  'unknown version': 'chiffrée d’une manière plus récente que ce programme',
  damaged: 'son contenu est abîmé',
};

/** Other reasons are names of errors, and stay as they are. */
export const backupReason = (reason: string): string => reasons[reason] ?? named(reason);
