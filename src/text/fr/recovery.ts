import type { recovery as english } from '../en/recovery.ts';
import { listed, named } from '../names.ts';
import type { CopyProblemSentences } from '../sentences.ts';
import type { Words } from '../words.ts';
import { backupReason } from './backup-reasons.ts';
import { reasonOf } from './reasons.ts';

/** With a slash at its end, as people know folders. */
const folder = (path: string): string => (path.endsWith('/') ? path : `${path}/`);

const count = (many: number, one: string): string => `${many} ${one}${many < 2 ? '' : 's'}`;

const problem: CopyProblemSentences = {
  'unreadable-file': (path, reason) =>
    reason === 'EFBIG' ? `${path} : trop grand pour cette destination` : `${path} : illisible (${reasonOf(reason)})`,
  'unreadable-folder': (path, reason) =>
    `${folder(path)} : n’a pas pu être parcouru jusqu’au bout (${reasonOf(reason)})`,
  damaged: (path, keptAs, ranges) => `${path} : octets ${ranges} illisibles ; le reste est gardé sous ${keptAs}`,
  'damaged-folder': (path) =>
    `${folder(path)} : ce dossier est endommagé. Chaque nom qui s’y trouve encore a été copié, mais un nom peut manquer ou être faux`,
  special: (path, what) => `${path} : pas un fichier (${what}) ; listé, non ouvert`,
  'symlink-left-out': (path, target) => `${path} : un lien vers ${target} ; cette destination n’accepte pas les liens`,
  exists: (path) => `${path} : autre chose porte ce nom dans la destination et n’a pas été touché`,
  'not-hashed': (path) => `${path} : copié, mais son trou est trop vaste pour une empreinte`,
  'attributes-lost': (output) => `certains attributs n’ont pas pu être gardés : ${output}`,
};

export const recovery: Words<typeof english> = {
  allCopied: 'Tout ce qui était demandé est copié, et chaque fichier a reçu son empreinte pendant la copie.',
  notAllCopied: 'Tout n’a pas pu être copié. Ce qui est là est entier ; ce qui manque est listé plus bas.',
  copied: ({ files, size, folders, symlinks, hardLinks }) =>
    [
      `${count(files, 'fichier')} (${size}) dans ${count(folders, 'dossier')}`,
      ...(symlinks > 0 ? [symlinks > 1 ? `${symlinks} liens symboliques` : '1 lien symbolique'] : []),
      ...(hardLinks > 0
        ? [hardLinks > 1 ? `${hardLinks} autres noms des mêmes fichiers` : '1 autre nom d’un même fichier']
        : []),
    ].join(', '),
  keptFromBefore: (files) => `${files} des fichiers étaient déjà là depuis une copie précédente, inchangés.`,
  fromTo: (from, to) => `De ${named(from)} vers ${named(to)}. Rien n’a été écrit sur la source.`,
  readings: {
    'as-is': 'État des fichiers : tels qu’ils ont été laissés.',
    newest:
      'État des fichiers : le plus récent. La machine n’a pas été arrêtée proprement ; les dernières écritures de son journal ont été achevées dans la mémoire de cet ordinateur, et rien de cela n’est sur le disque.',
    'without-journal':
      'État des fichiers : tels que sur le disque, sans les dernières écritures de son journal. La machine n’a pas été arrêtée proprement : des fichiers écrits dans ses dernières secondes peuvent manquer ou être plus anciens.',
    'backup-superblock':
      'Le premier superbloc est endommagé ; les fichiers ont été lus grâce à un superbloc de secours.',
    'file-by-file':
      'Le système de fichiers ne peut plus être monté ; les fichiers sont lus un à un, sans le pilote du système. Noms, contenus, dates et permissions sont gardés, attributs étendus et listes d’accès ne le sont pas.',
  },
  wouldCopy: ({ files, folders, size, from, to, free }) =>
    `Copierait ${files} fichiers (${size}) dans ${folders} dossiers, de ${named(from)} vers ${named(to)}, où ${free} sont libres.`,
  wouldClone: ({ device, size, file, map, free }) =>
    `Copierait ${named(device)} (${size}) dans l’image ${named(file)}, avec sa carte ${named(map)} ; ${free} y sont libres.`,
  wouldWrite: (path, size) => `Écrirait ${named(path)} (${size})`,
  took: (seconds, rate) => `Cela a pris ${seconds} s (${rate}/s).`,
  check: (folder, manifest) =>
    `Pour vérifier la copie à tout moment : cd '${named(folder)}' && sha256sum --check --quiet ${manifest}`,
  proved: (path, digest) => `${named(path)} a la même empreinte SHA-256 avant et après : ${digest}`,
  disproved: ({ path, before, after }) =>
    `${named(path)} a CHANGÉ : SHA-256 ${before} avant, ${after} après. Sparekey n’y écrit pas ; autre chose l’a fait, ou le disque est en train de lâcher.`,
  problems: (count) => `Absent de la copie, ou différent du disque (${count}) :`,
  moreProblems: (count) => `  … et ${count} de plus`,
  problem,
  renamed: (count) =>
    `Noms que la destination n’accepte pas, et ce qui s’y trouve à la place (${count}) ; %XX est un octet en hexadécimal :`,
  opened: (selector, reading) => `Lecture de ${selector}, strictement sans écriture. ${reading}`,
  proving: (done, total) => `Empreinte de la source : ${done} sur ${total}`,
  remaining: (time) => `reste ${time}`,
  cloned: (rescued, total, bad) => `${rescued} sur ${total} copiés, ${bad} illisibles`,
  cloneDone: (file, map) =>
    `L’image est ${named(file)}, sa carte ${named(map)}. Travaillez dessus comme sur un disque : sparekey scan --disk ${named(file)}`,
  cloneBad: (places, size) =>
    `${places} endroits (${size}) n’ont pas pu être lus. La même commande les essaie à nouveau ; rien de ce qui a été lu n’est perdu.`,
  keyIs: (key) => `Clé des sauvegardes gardée sur ce disque : ${key}`,
  keyMissing:
    'Aucune clé de sauvegarde n’est gardée sur ce disque. Cherchez le kit de secours donné par Home Assistant.',
  encrypted: 'chiffrée',
  openedBy: (owner) => `chiffrée, ouverte par la clé de ${named(owner)}`,
  openedByFile: 'chiffrée, ouverte par votre fichier de clé',
  openedByNone: 'chiffrée, aucune clé connue ne l’ouvre',
  encryptionIsNewer: 'chiffrée d’une manière plus récente que ce programme',
  plain: 'non chiffrée',
  damagedBackup: (state, reason) => `${state}, endommagée (${backupReason(reason)})`,
  unreadableBackup: (reason) => `illisible (${backupReason(reason)})`,
  exported: (path) => `Écrit et vérifié : ${named(path)}`,
  notExported: (file, why) => `Non écrit : ${named(file)}. ${why}`,
  repairedBackup: ({ path, whole, incomplete, leftOut, hasNewFacts }) => [
    `Écrit : ${named(path)}, de nouveau une sauvegarde saine.`,
    `  Elle contient, entier : ${listed(whole, 'rien')}`,
    ...(incomplete.length > 0
      ? [`  Incomplet, gardé sous NOM.incomplete et jamais restauré : ${listed(incomplete, '')}`]
      : []),
    ...(leftOut.length > 0 ? [`  Incomplet, donc impossible à déchiffrer, et absent : ${listed(leftOut, '')}`] : []),
    ...(hasNewFacts ? ['  Son backup.json est nouveau, fait d’après ce qui s’y trouve.'] : []),
  ],
  soundBackup: (file) => `${named(file)} est saine : il n’y a rien à réparer.`,
  backupRemark: (remark) => {
    switch (remark.kind) {
      case 'unfinished':
        return `${named(remark.file)} n’a pas de backup.json lisible : Home Assistant ne l’a pas terminée, ou elle est abîmée. Ce qu’elle contient est déchiffré ; le reste peut manquer, et Home Assistant ne restaurera rien à partir d’elle.`;
      case 'left-out':
        return `${named(remark.file)} ne contient qu’une partie d’une archive, qui ne peut pas être déchiffrée et n’a pas été reprise : ${named(remark.name)}.`;
      case 'repeated-name':
        return `${named(remark.file)} contient plusieurs fois ${named(remark.name)}. Tous sont dans le nouveau fichier ; un programme qui le décompresse garde le dernier.`;
    }
  },
  columns: { file: 'Fichier', name: 'Nom', date: 'Date', type: 'Type', size: 'Taille', protection: 'Protection' },
};
