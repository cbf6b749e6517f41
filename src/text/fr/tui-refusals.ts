import { isRescueError } from '../../model/errors.ts';
import type { refusals as english } from '../en/tui-refusals.ts';
import { listed, named } from '../names.ts';
import { errorSentence, purposeSentence } from '../sentence.ts';
import type { Words } from '../words.ts';
import { backupReason } from './backup-reasons.ts';
import { errors as usual } from './errors.ts';
import { newerRun } from './newer-run.ts';
import { operations } from './operations.ts';

const errors: Words<(typeof english)['errors']> = {
  'need-root': () => 'Seul root peut ouvrir les disques. Quittez, et relancez Sparekey avec sudo.',
  'source-missing': ({ path }) => `Il n’y a rien à ${named(path)}. Branchez-le : il apparaît tout seul.`,
  'several-match': ({ candidates }) =>
    `Plusieurs systèmes correspondent : ${listed(candidates, '')}. Choisissez-en un sur son propre écran.`,
  'account-locked': ({ user }) =>
    `Le compte « ${named(user)} » est verrouillé, ou n’a jamais eu de mot de passe. Choisissez-le à nouveau pour lever aussi le verrou.`,
  'cannot-mount': ({ selector }) =>
    `Le système de fichiers de ${named(selector)} n’a pas pu être ouvert. Il est peut-être endommagé, ou plus récent que ce noyau. Rien n’a été modifié. Si le disque est peut-être en train de lâcher, copiez-le avant tout autre essai.`,
  'plan-stale': ({ path }) =>
    `${named(path)} a changé entre la lecture et l’écriture : rien n’a été écrit. Cela arrive après une coupure de courant, quand les écritures inachevées sont d’abord terminées. Revenez en arrière et refaites la même chose.`,
  'consent-missing': () => 'Rien n’a été modifié, car personne n’a accepté le plan.',
  'password-empty': () => 'Le mot de passe est vide. Tapez au moins un caractère, ou faites-en inventer un.',
  'no-terminal': () => 'Il n’y a personne ici à qui demander le mot de passe.',
  usage: ({ message }) => message,
  'hash-unusable': ({ user, accepted }) =>
    `L’empreinte pour « ${named(user)} » est d’un genre que son système ne comprendrait pas. Accepté : ${listed(accepted, '')}. Rien n’a été modifié.`,
  'several-to-undo': ({ ids }) =>
    `Plusieurs changements peuvent être annulés : ${listed(ids, '')}. Choisissez-en un dans la liste.`,
  'target-unusable': ({ path, reason }) =>
    `Impossible d’écrire dans ${named(path)} (${named(reason)}). Ce qui a déjà été copié est entier. Choisissez un autre endroit, ou rebranchez la clé et refaites le même choix : la copie reprend où elle s’est arrêtée.`,
  'target-full': ({ path }) =>
    `Le disque de ${named(path)} est plein. Ce qui s’y trouve est entier et listé dans le manifeste. Faites de la place et refaites le même choix : la copie reprend où elle s’est arrêtée.`,
  'target-exists': ({ path }) => `${named(path)} existe déjà et a été laissé tel quel.`,
  stopped: ({ path }) =>
    `Arrêté, comme demandé. Ce qui est dans ${named(path)} est entier ; refaites le même choix, et la copie reprend où elle s’est arrêtée.`,
  'backup-key-missing': () =>
    'La sauvegarde est chiffrée, et sa clé n’est pas sur le disque. Elle figure dans le kit de secours donné par Home Assistant (home_assistant_backup_emergency_kit_….txt) : recopiez-la de là.',
  'wrong-backup-key': ({ archive }) =>
    `La clé n’ouvre pas ${named(archive)}. Une sauvegarde plus ancienne peut avoir une clé plus ancienne : cherchez-la dans le kit de secours de l’époque, et tapez celle-là.`,
  'archive-damaged': ({ archive, reason }) =>
    `${named(archive)} est endommagée ou incomplète (${backupReason(reason)}) : elle n’a pas été déchiffrée. Pour l’avoir telle quelle, choisissez de copier les sauvegardes telles quelles.`,
  locked: ({ selector, tried }) =>
    tried === 0
      ? `${named(selector)} est chiffré : il s’ouvre avec sa phrase de passe.`
      : `${named(selector)} est chiffré, et ce qui a été tapé ne l’ouvre pas. Attention aux majuscules et à la disposition du clavier. Rien n’a été modifié.`,
  'changed-since': ({ path }) =>
    `${named(path)} a de nouveau été modifié ensuite ; remettre l’ancien fichier ferait perdre cela. Choisissez à nouveau le changement pour le faire malgré tout.`,
};

const sentence = (error: unknown): string =>
  isRescueError(error) ? errorSentence({ ...usual, ...errors }, error) : named(String(error));

export const refusals: Words<typeof english> = {
  errors,
  notices: {
    'volume-mounted': ({ selector, mountPoints }) =>
      `${named(selector)} est monté sur ${listed(mountPoints, '?')} et n’a donc pas été ouvert. Démontez-le, et il pourra être ouvert ici.`,
    'cannot-look': ({ selector, error }) => `${named(selector)} : ${sentence(error)}`,
    'partly-unread': ({ selector, error }) =>
      `${named(selector)} n’a pas pu être examiné jusqu’au bout : il contient peut-être plus que ce qui est montré. ${sentence(error)}`,
    'accounts-failed': ({ system, error }) =>
      `Les comptes de ${named(system)} n’ont pas pu être lus : ${sentence(error)}`,
    'can-undo': ({ selector, purpose }) =>
      `${named(selector)} : « ${purposeSentence({ operations, newerRun }, purpose)} » peut être annulé.`,
    'was-interrupted': ({ selector }) =>
      `${named(selector)} : un changement a été interrompu. Chaque fichier est entier, ancien ou nouveau ; « Annuler un changement » les remet tous.`,
  },
};
