import { isRescueError } from '../../model/errors.ts';
import type { MissingPartReason } from '../../model/plan.ts';
import { listed, named } from '../names.ts';
import { errorSentence, purposeSentence } from '../sentence.ts';
import type { NoticeSentences } from '../sentences.ts';
import { elsewhere } from './elsewhere.ts';
import { errors } from './errors.ts';
import { newerRun } from './newer-run.ts';
import { operations } from './operations.ts';
import { routerSteps } from './router-steps.ts';
import { accountNotes } from './scan.ts';

const quoted = (names: readonly string[]): string => names.map((name) => `« ${named(name)} »`).join(', ');

const missingParts: Readonly<Record<MissingPartReason, string>> = {
  absent: 'aucun volume de ce nom n’est là. L’un de ses disques est-il débranché, ou encore verrouillé ?',
  ambiguous: 'plusieurs volumes portent ici ce nom. Débranchez la copie qui n’est pas la bonne.',
  'in-use': 'il est monté ou utilisé ici. Démontez-le, puis relancez l’examen.',
  network: 'il se trouve sur une autre machine. Les comptes et les clés qui y sont gardés se modifient là-bas.',
  unopened: 'son volume ne peut pas être ouvert ici.',
  unnamed: 'ce nom ne dit qu’au système en marche de quel volume il s’agit.',
};

export const notices: NoticeSentences = {
  'password-short': ({ length }) =>
    `Le mot de passe n’a que ${length} caractères. Il marchera ; un plus long serait plus sûr sur un réseau.`,
  'password-common': () =>
    'Ce mot de passe est dans toutes les listes de mots de passe courants. Il marchera ; un plus rare serait plus sûr.',
  'password-non-ascii': () =>
    'Le mot de passe a des lettres autres que a–z, chiffres et signes simples. Sur un autre clavier ou une autre console, elles ne se tapent peut-être pas de la même façon.',
  'password-beyond-72-bytes': () =>
    'Home Assistant ne regarde que les 72 premiers octets d’un mot de passe ; le reste de celui-ci ne compte pas.',
  'password-padded': () =>
    'Le mot de passe commence ou finit par un blanc. Il compte, et s’oublie facilement en tapant.',
  'account-note': ({ user, note }) =>
    `« ${named(user)} » : ${accountNotes[note]}. Le mot de passe seul n’ouvrira peut-être pas la porte.`,
  'tokens-stay': ({ user }) =>
    `Les téléphones et navigateurs connectés comme « ${named(user)} » le restent : un nouveau mot de passe ne ferme pas leurs sessions. S’il peut y avoir un inconnu parmi eux, supprimez ensuite les jetons d’actualisation dans la page du profil.`,
  'keyring-keeps-old': ({ user }) =>
    `« ${named(user)} » a un trousseau ou un dossier chiffré qui ne s’ouvre encore qu’avec l’ancien mot de passe.`,
  'clock-absurd': () =>
    'L’horloge de cette machine est fausse : la date du changement de mot de passe est tirée, si possible, du disque.',
  'may-have-expired': ({ user, date }) =>
    `« ${named(user)} » ne peut se connecter qu’avant le ${named(date)}. Comme l’horloge de cette machine est fausse, elle ne peut pas dire si ce jour est passé.`,
  'journal-replay': ({ selector }) =>
    `${named(selector)} n’a pas été éteint proprement. L’ouvrir en écriture termine d’abord les écritures en cours, comme le ferait son propre système.`,
  'raid-degraded': ({ name, present, devices }) =>
    `Le RAID ${named(name)} ne fonctionne qu’avec ${present} disques sur ${devices}. Ce qui est écrit maintenant manquera sur les autres : remis plus tard sans reconstruction, ils ramèneraient l’ancien état. Remplacez-les ou reconstruisez-les bientôt.`,
  'one-table-copy': ({ path }) =>
    `Des deux exemplaires de la table de partitions de ${named(path)}, l’un manque ou est abîmé, comme après une copie vers un disque plus petit. L’autre est utilisé ; la table reste telle quelle.`,
  'lies-elsewhere': ({ selector, root }) =>
    `Ce qui est modifié se trouve sur ${named(selector)}, que le système de ${named(root)} désigne dans son fstab.`,
  'accounts-elsewhere': ({ system, where, users }) => `Comptes de ${named(system)} : ${elsewhere[where](users)}`,
  'part-missing': ({ system, at, source, reason }) =>
    `${named(at)} de ${named(system)} n’a pas pu être examiné (${named(source)}) : ${missingParts[reason]}`,
  'banned-addresses': ({ path, count }) =>
    `${count} adresses réseau sont bannies après des échecs de connexion (${named(path)}). Si la vôtre en est, même le bon mot de passe sera refusé.`,
  'root-ssh': () =>
    'SSH ne laisse pas entrer root par mot de passe ici. Utilisez la console, ou un autre compte administrateur.',
  'no-ssh-server': () =>
    'Aucun serveur SSH n’est configuré sur ce système : la clé n’ouvre rien tant qu’il n’y en a pas.',
  'ssh-setting': ({ user, path, line, setting }) =>
    `Le serveur SSH refuse quand même « ${named(user)} » : ${setting} (${named(path)}, ligne ${line}).`,
  'strict-modes': ({ user, path }) =>
    `Le serveur SSH ignore les clés de « ${named(user)} » tant que d’autres peuvent écrire dans ${named(path)}, ou que cela appartient à quelqu’un d’autre.`,
  'key-restricted': ({ path }) =>
    `La même clé figure dans ${named(path)} avec des conditions ; la nouvelle ligne, sans conditions, passe avant elle et compte.`,
  'router-users-next': ({ users, nodes }) =>
    [
      `Les utilisateurs propres au routeur (${users.map(named).join(', ')}) ne sont pas changés ainsi. Pour donner un nouveau mot de passe à l’un d’eux, sur le système en marche :`,
      ...routerSteps(users, nodes),
    ].join('\n'),
  'config-stick': () =>
    'Home Assistant OS reprend ses réglages d’une clé USB nommée CONFIG dès qu’il démarre avec elle, ou d’un dossier CONFIG de sa partition de démarrage. S’il n’y a pas de fichier authorized_keys, cette clé SSH est effacée : mettez-la aussi là, ou retirez la clé USB.',
  'rewritten-at-boot': ({ system }) =>
    `${named(system)} réécrit peut-être ses comptes au démarrage, et annulerait ce changement.`,
  'type-name-as-stored': ({ user }) => `Tapez le nom comme il est enregistré : « ${named(user)} ».`,
  'set-for-namesakes': ({ users }) =>
    `Pour Home Assistant 2026.10 et après, ces noms n’en font qu’un ; pour les versions d’avant, non : ${quoted(users)}. Afin que la connexion marche dans les deux cas, tous reçoivent le nouveau mot de passe.`,
  'names-become-one': ({ user, others }) =>
    `À partir de la version 2026.10, « ${named(user)} » et ${quoted(others)} ne font qu’un nom pour Home Assistant, et seul le dernier pourra se connecter. Renommez l’un d’eux avant la mise à jour.`,
  'last-entry-counts': ({ user }) =>
    `Le nom « ${named(user)} » est enregistré plusieurs fois. Home Assistant ne consulte que la dernière entrée : c’est elle qui reçoit le nouveau mot de passe. Un mot de passe changé dans Home Assistant va à la première entrée et reste sans effet : supprimez-y les autres.`,
  'other-person': ({ user, person, exact }) =>
    `Qui se connecte comme « ${named(user)} » devient « ${named(person)} », car le premier nom qui correspond sans tenir compte des majuscules compte. Celui qui s’écrit exactement ainsi appartient à « ${named(exact)} ».`,
  'login-makes-person': ({ user }) =>
    `Dans Home Assistant, personne n’a encore le nom « ${named(user)} ». La première connexion crée une nouvelle personne de ce nom : administrateur, mais pas propriétaire.`,
  'overwrites-newer': ({ path }) => `${named(path)} a été modifié depuis ; ces changements seront perdus.`,
  'other-data-disk': ({ selector, label }) =>
    `${named(selector)} est un autre volume de données Home Assistant (${named(label)}). Assurez-vous de travailler sur celui qui sert.`,
  'volume-mounted': ({ selector, mountPoints }) =>
    `${named(selector)} est monté sur ${listed(mountPoints, '?')} : il n’a pas été ouvert. Démontez-le, ou regardez-le avec --disk ${named(mountPoints[0] ?? '')}.`,
  'cannot-look': ({ selector, error }) => `${named(selector)} : ${errorSentence(errors, error)}`,
  'partly-unread': ({ selector, error }) =>
    `${named(selector)} n’a pas pu être examiné jusqu’au bout : il contient peut-être plus que ce qui est montré. ${errorSentence(errors, error)}`,
  'needs-fsck': ({ selector }) =>
    `${named(selector)} a des erreurs de système de fichiers enregistrées. On peut le regarder ; il doit être vérifié avant toute écriture.`,
  'profile-failed': ({ profile, selector, reason }) =>
    `${named(selector)} n’a pas pu être examiné comme ${profile} (${named(reason)}).`,
  'accounts-failed': ({ system, error }) =>
    `Les comptes de ${named(system)} n’ont pas pu être lus : ${isRescueError(error) ? errorSentence(errors, error) : named(String(error))}`,
  'corrupt-store-beside': ({ path }) =>
    `Home Assistant a trouvé un jour ses comptes endommagés et les a mis de côté sous ${named(path)} ; il est reparti sans aucun. Cela explique un accès perdu.`,
  'can-undo': ({ id, selector, purpose }) =>
    `${named(selector)} : « ${purposeSentence({ operations, newerRun }, purpose)} » peut être annulé avec \`sparekey undo ${id}\`.`,
  'was-interrupted': ({ id, selector }) =>
    `${named(selector)} : l’opération ${id} a été coupée. Chaque fichier est entier, ancien ou nouveau ; \`sparekey undo ${id}\` les remet tous.`,
  'journal-unreadable': ({ id, selector }) => `${named(selector)} : la copie d’annulation ${named(id)} est illisible.`,
};
