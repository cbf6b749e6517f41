import type { JobProblem } from '../../model/job.ts';
import type { PublicKeyFlaw } from '../../model/public-key.ts';
import { inGigabytes, installCommand, listed, named } from '../names.ts';
import type { ErrorSentences } from '../sentences.ts';
import { backupReason } from './backup-reasons.ts';
import { elsewhere } from './elsewhere.ts';
import { jobs } from './jobs.ts';
import { reasonOf } from './reasons.ts';
import { routerSteps } from './router-steps.ts';
import { stackErrors } from './stacks.ts';

const selected = (selector: string | undefined) => (selector === undefined ? '' : ` pour ${named(selector)}`);

const problemLine = (problem: JobProblem) => jobs.at(problem, jobs.problems[problem.what](problem));

const packageHint = (tool: string): string => {
  const command = installCommand(tool);
  return command === undefined ? '' : ` (Debian et Ubuntu : \`${command}\`)`;
};

export const errors: ErrorSentences = {
  ...stackErrors,
  'need-root': () => 'Seul root peut ouvrir les disques. Relancez la même commande avec sudo.',
  'tool-missing': ({ tool }) =>
    `Le programme « ${named(tool)} » n’est pas installé ici. Installez-le${packageHint(tool)}, ou utilisez la clé Sparekey.`,
  'tool-timeout': ({ tool }) =>
    `« ${named(tool)} » n’a pas répondu à temps ; le disque est peut-être en train de lâcher. Copiez-le avant toute autre tentative.`,
  'tool-failed': ({ tool }) => `« ${named(tool)} » a échoué. Son propre message est ci-dessous.`,
  'source-missing': ({ path }) =>
    `Il n’y a rien à ${named(path)}. \`sparekey scan\` donne la liste des disques de cette machine.`,
  'source-unusable': ({ path, kind }) =>
    `${named(path)} (${named(kind)}) n’est ni un disque, ni une image disque brute, ni un dossier. Décompressez d’abord les images compressées et convertissez en brut celles de machines virtuelles.`,
  'running-system': ({ path }) =>
    `${named(path)} porte le système en cours d’exécution : il n’est pas touché. Démarrez la machine sur la clé Sparekey pour le réparer.`,
  'volume-locked': ({ selector }) =>
    `Une autre exécution de Sparekey, ou un autre programme, verrouille le disque de ${named(selector)} pour y écrire. Attendez que ce soit fini, puis réessayez. Rien n’a été modifié.`,
  'volume-in-use': ({ selector, mountPoints }) =>
    `${named(selector)} est en cours d’utilisation (${listed(mountPoints, 'non monté')}). Démontez-le d’abord, par exemple avec \`umount\`, puis réessayez. Rien n’a été modifié.`,
  'no-match': ({ selector, candidates }) =>
    `Aucun système installé n’a été trouvé${selected(selector)}. Trouvé : ${listed(candidates, 'aucun')}.`,
  'several-match': ({ selector, candidates }) =>
    `Plusieurs systèmes correspondent${selected(selector)} : ${listed(candidates, '')}. Désignez-en un avec --on ; rien n’a été modifié.`,
  'several-volumes': ({ selectors }) =>
    `Ce qui doit être modifié se trouve sur plusieurs volumes (${listed(selectors, '')}). Sparekey n’en modifie qu’un à la fois ; rien n’a été modifié.`,
  'no-such-account': ({ user, accounts }) =>
    `Il n’y a pas de compte « ${named(user)} ». Comptes : ${listed(accounts, 'aucun ne permet de se connecter')}.`,
  'account-elsewhere': ({ user, where }) =>
    `« ${named(user)} » ne peut pas être remis en selle sur ce disque. ${elsewhere[where]([user])}`,
  'several-accounts': ({ user, accounts }) =>
    `« ${named(user)} » peut désigner : ${listed(accounts, '')}. Tapez le nom exactement comme il est écrit ici.`,
  'no-such-finding': ({ id, ids }) =>
    `Rien qui s’appelle « ${named(id)} » n’est à corriger ici. Ce qui peut l’être : ${listed(ids, 'rien')}.`,
  'not-offered': ({ system }) => `${named(system)} ne le permet pas.`,
  'account-locked': ({ user }) =>
    `Le compte « ${named(user)} » est verrouillé, ou n’a jamais eu de mot de passe. Pour lui en donner un malgré tout et lever le verrou, ajoutez --unlock.`,
  'cannot-mount': ({ selector }) =>
    `Le système de fichiers de ${named(selector)} n’a pas pu être ouvert. Il est peut-être endommagé, ou plus récent que ce noyau. Rien n’a été modifié. Si le disque est peut-être en train de lâcher, copiez-le avec \`sparekey clone\` et travaillez sur l’image.`,
  'cannot-unmount': ({ selector }) =>
    `${named(selector)} n’a pas pu être refermé proprement. Attendez un moment avant de le retirer, ou éteignez d’abord la machine.`,
  'no-loop-device': () =>
    'Aucun périphérique loop n’est libre pour ouvrir le disque. Fermez les autres programmes qui montent des images (`losetup -a` les liste) et réessayez.',
  'read-only-device': ({ selector }) =>
    `${named(selector)} ne peut pas être écrit : regardez le verrou de la carte, ou les droits du fichier image. Rien n’a été modifié.`,
  'needs-fsck': ({ selector, command }) =>
    `Le système de fichiers de ${named(selector)} a enregistré des erreurs et doit être vérifié avant toute écriture. Si le disque lui-même est sain, lancez \`${named(command)}\` ; s’il risque de lâcher, copiez-le d’abord. Rien n’a été modifié.`,
  'raid-member': ({ selector, type, tool }) =>
    `${named(selector)} fait partie d’un RAID (${named(type)}) : c’est un disque parmi plusieurs. Modifié seul, il ne serait plus identique aux autres, et le changement pourrait se perdre ou causer des dégâts.${tool === undefined ? ' Assemblez le RAID (avec mdadm), puis choisissez le volume qui apparaît alors.' : ` Ses disques sont réunis par ${named(tool)}, qui n’est pas installé ici (Debian et Ubuntu : \`${installCommand(tool)}\`) : installez-le et recommencez, ou utilisez la clé Sparekey.`} Si le disque a quitté son RAID pour de bon, quelqu’un qui en est sûr doit d’abord en effacer l’ancienne étiquette. Rien n’a été modifié.`,
  hibernated: ({ swap, file }) =>
    `Cette machine n’est pas éteinte mais en veille prolongée (${file === undefined ? '' : `dans le fichier d’échange ${named(file)} `}sur ${named(swap)}) : écrire sur ses disques maintenant les endommagerait. Réveillez-la et éteignez-la normalement d’abord. Rien n’a été modifié.`,
  'not-a-file': ({ path, kind }) =>
    `${named(path)} sur le disque n’est pas un simple fichier (${named(kind)}). Il n’a pas été touché.`,
  'file-too-large': ({ path, sizeBytes, limitBytes }) =>
    `${named(path)} sur le disque est beaucoup trop gros (${sizeBytes} octets, au plus ${limitBytes} attendus). Il n’a pas été touché.`,
  'file-missing': ({ path }) => `${named(path)} manque sur le disque.`,
  'path-loop': ({ path }) => `Les liens de ${named(path)} sur le disque tournent en rond.`,
  'read-failed': ({ path, reason }) =>
    `${named(path)} n’a pas pu être lu sur le disque (${reasonOf(reason)}). Si le disque est en train de lâcher, copiez-le avant toute autre tentative.`,
  'write-failed': ({ path, reason }) =>
    `${named(path)} n’a pas pu être écrit (${named(reason)}). L’ancien fichier est toujours en place. Si le disque est en train de lâcher, copiez-le d’abord.`,
  'attributes-lost': ({ path }) =>
    `Le propriétaire, les droits ou les attributs de ${named(path)} n’ont pas pu être conservés : il n’a pas été touché. Il faut le cp de GNU (coreutils) ; la clé Sparekey l’a.`,
  'immutable-folder': ({ path }) =>
    `Le dossier qui contient ${named(path)} est marqué non modifiable (chattr +i). Levez cela avec \`chattr -i\`, puis réessayez. Rien n’a été modifié.`,
  'no-space': ({ path }) =>
    `Le système de fichiers est plein : pas de place pour le nouveau ${named(path)}. Supprimez-y quelque chose, par exemple de vieux journaux ou sauvegardes, et réessayez. L’ancien fichier est toujours en place.`,
  'file-corrupt': ({ path, reason }) =>
    `${named(path)} sur le disque est endommagé (${named(reason)}) : il n’a pas été modifié. Cherchez une copie plus ancienne à côté, ou restaurez une sauvegarde.`,
  'store-version': ({ path, version, known }) =>
    `${named(path)} est au format ${named(version)} ; ce Sparekey connaît ${named(known)}. Rien n’a été modifié : prenez un Sparekey plus récent.`,
  'plan-stale': ({ path }) =>
    `${named(path)} a changé entre la lecture et l’écriture : rien n’a été écrit. Cela arrive après une coupure de courant, quand les écritures inachevées sont d’abord terminées. Relancez la même commande.`,
  'consent-missing': () =>
    'Rien n’a été modifié, car personne n’a accepté le plan ci-dessus. Ajoutez --yes pour l’exécuter.',
  'verify-failed': ({ user }) =>
    `Le nouveau mot de passe de « ${named(user)} » a été écrit, mais refusé à la vérification : l’ancien état a été rétabli.`,
  'not-proved': ({ selector, journal }) =>
    `Le changement a été écrit sur ${named(selector)}, mais le disque n’a pas pu être rouvert pour le vérifier : il a peut-être été retiré, ou il est en train de lâcher. Le changement est peut-être en place, peut-être pas. Ce qui s’y trouvait avant est conservé sur ce volume dans ${named(journal)}. Rebranchez le disque et regardez-le : l’exécution y est listée, et peut être annulée.`,
  'rollback-failed': ({ path, journal }) =>
    `${named(path)} n’a pas pu être rétabli. L’original est conservé sur ce volume dans ${named(journal)} ; copiez le disque avant toute autre chose.`,
  'password-empty': () => 'Le mot de passe est vide. Tapez au moins un caractère, ou utilisez --generate.',
  'password-mismatch': () => 'Les deux mots de passe diffèrent. Rien n’a été modifié ; réessayez.',
  'password-unusable': ({ reason }) =>
    ({
      newline: 'Le mot de passe tient sur plus d’une ligne. Mettez-le seul sur la première ligne du fichier.',
      nul: 'Le mot de passe contient un octet nul, qu’aucune connexion n’accepte.',
      'not-utf8': 'Le fichier du mot de passe n’est pas du texte UTF-8. Enregistrez-le en UTF-8.',
      'too-long':
        'Le mot de passe est plus long que ce qu’une connexion accepte (511 octets). Choisissez-en un plus court.',
    })[reason],
  'password-file': ({ path, reason }) =>
    `Le fichier de mot de passe ${named(path)} n’a pas pu être lu (${named(reason)}).`,
  'no-terminal': () =>
    'Il n’y a pas de terminal où demander le mot de passe. Utilisez --password-file FICHIER (- pour l’entrée standard) ou --generate.',
  'output-lost': ({ stream, reason }) =>
    `Tout n’a pas pu être écrit sur la sortie ${stream === 'stdout' ? 'standard' : 'd’erreur'} (${named(reason)}).`,
  'password-unseen': ({ reason }) =>
    reason === 'discarded'
      ? 'La sortie standard est fermée ou mène à /dev/null : personne ne verrait le mot de passe inventé. Rien n’a été modifié.'
      : `Le mot de passe inventé n’a pas pu être montré (${named(reason)}) : l’ancien état a été rétabli.`,
  usage: ({ message }) => `${message}\n\`sparekey --help\` montre ce qui est compris.`,
  'hash-unusable': ({ user, accepted }) =>
    `L’empreinte pour « ${named(user)} » est d’un genre que son système ne comprendrait pas. Accepté : ${listed(accepted, '')} ; \`sparekey hash\` en fait une. Rien n’a été modifié.`,
  'job-file': ({ problems }) =>
    ['Le fichier de la tâche n’est pas compris : rien n’a été modifié.', ...problems.map(problemLine)].join('\n'),
  'job-stopped': ({ done, steps }) =>
    `Arrêtée par un signal après ${done} étape(s) sur ${steps}. Rien n’a été modifié pour les autres ; le rapport les nomme.`,
  'job-unreadable': ({ path, reason }) => `Le fichier de tâche ${named(path)} n’a pas pu être lu (${named(reason)}).`,
  'job-not-a-file': ({ path }) =>
    `La tâche ${named(path)} n’est pas un simple fichier, mais un lien, un périphérique ou un second nom d’un autre fichier. Sparekey écrit dans la tâche pour la marquer comme exécutée : il ne prend que de simples fichiers. Rien n’a été modifié. Copiez la tâche à cet endroit sous forme de fichier, puis relancez-la.`,
  'medium-unwritable': ({ path, reason }) => {
    const known: Readonly<Record<string, string>> = {
      'read-only': `${named(path)} ne peut pas être écrit (cherchez un verrou) : ni rapport ni marque d’exécution ne pourraient y être laissés. Rien n’a été modifié.`,
      full: `${named(path)} est plein : aucun rapport ne pourrait y être laissé. Supprimez-y quelque chose. Rien n’a été modifié.`,
    };
    return (
      known[reason] ?? `Aucun rapport n’a pu être laissé sur ${named(path)} (${named(reason)}). Rien n’a été modifié.`
    );
  },
  'report-unwritten': ({ path, reason }) =>
    `La tâche a été exécutée, mais le rapport n’a pas pu être laissé sur ${named(path)} (${named(reason)}), et les secrets de la tâche n’y ont pas été rayés. Le rapport est montré ici à la place : notez ce qu’il dit.`,
  'journal-unsafe': ({ path }) =>
    `${named(path)} sur le disque n’est pas un dossier que seul root peut modifier : aucune copie d’annulation ne peut y être gardée. Rien n’a été modifié.`,
  'journal-corrupt': ({ id, reason }) =>
    `La copie d’annulation ${named(id)} est endommagée (${named(reason)}) : rien n’a été rétabli.`,
  'key-unusable': ({ flaw }) => keyFlaws[flaw],
  'key-file': ({ path, reason }) => `Le fichier de clé ${named(path)} n’a pas pu être lu (${reasonOf(reason)}).`,
  'router-owned': ({ user, nodes }) =>
    [
      `« ${named(user)} » est un utilisateur propre au routeur. 128T réécrit ses utilisateurs à chaque démarrage : un mot de passe écrit sur le disque serait perdu ; rien n’a été écrit. Donnez plutôt un nouveau mot de passe à t128 (ou à root, pour la console), puis, sur le système en marche :`,
      ...routerSteps([user], nodes),
    ].join('\n'),
  'keys-refused': ({ user, path, line }) =>
    `Le serveur SSH de ce système n’accepte aucune clé pour « ${named(user)} » (AuthorizedKeysFile none, ${named(path)}, ligne ${line}) : rien n’a été écrit. Un nouveau mot de passe peut être la solution.`,
  'keys-unsafe': ({ user, path }) =>
    `${named(path)}, où vont les clés de « ${named(user)} », est un lien, ou n’est ni un fichier ni un dossier ordinaire : rien n’a été écrit. Regardez d’abord ce qui s’y trouve.`,
  'home-missing': ({ user, path }) =>
    `Le dossier personnel de « ${named(user)} », ${named(path)}, n’est pas sur ce volume : la clé n’y a pas de place. Il est peut-être sur une autre partition, qui ne peut pas encore être jointe ici ; un nouveau mot de passe se passe de dossier personnel.`,
  'journal-newer': ({ id }) =>
    `Un Sparekey plus récent a fait l’opération ${named(id)}, d’une manière que celui-ci ne connaît pas : rien n’a été rétabli. Annulez-la avec une version plus récente.`,
  'nothing-to-undo': ({ id }) =>
    id === undefined
      ? 'Il n’y a rien à annuler sur ces disques.'
      : `Il n’y a pas d’opération ${named(id)} à annuler sur ces disques, ou elle l’a déjà été.`,
  'several-to-undo': ({ ids }) =>
    `Plusieurs opérations peuvent être annulées : ${listed(ids, '')}. Désignez-en une : \`sparekey undo ID\`.`,
  'target-unusable': ({ path, reason }) =>
    reason === 'unclean'
      ? `${named(path)} a été retiré sans être éjecté, ou un Windows y est en veille : rien n’y est donc écrit. Vérifiez-le dans sa machine, ou arrêtez complètement ce Windows, puis réessayez.`
      : `Impossible d’écrire dans ${named(path)} (${named(reason)}). Ce qui a déjà été copié est entier. Choisissez un autre dossier, ou rebranchez la clé et relancez la même commande : elle reprend où elle s’est arrêtée.`,
  'target-inside-source': ({ path }) =>
    `${named(path)} se trouve dans ce qui doit être copié : la copie ne finirait jamais. Choisissez un dossier ailleurs.`,
  'target-is-link': ({ path, target }) =>
    `${named(path)} est un lien vers ${named(target)}. C’est celui qui a fait un lien qui décide où il mène : aucun n’est suivi, et rien n’a été écrit. Pour écrire tout de même à cet endroit, donnez le nom du dossier lui-même.`,
  'target-not-ours': ({ path, reason }) => {
    const known: Readonly<Record<string, string>> = {
      folder: `${named(path)} est un dossier, et Sparekey garde sous ce nom un fichier à lui. Le dossier n’a pas été touché. Déplacez-le, ou choisissez un nouveau dossier.`,
      owner: `${named(path)} appartient à quelqu’un d’autre : ce qu’il dit d’une copie précédente n’est pas cru. Rien n’a été copié. Choisissez un nouveau dossier.`,
    };
    return (
      known[reason] ??
      `${named(path)} devrait dire ce qu’une exécution précédente a fait, et n’est pas compréhensible : il est endommagé, ou quelqu’un d’autre l’a fait. Rien n’a été copié. Choisissez un nouveau dossier.`
    );
  },
  'target-other-run': ({ path, source }) =>
    `${named(path)} contient ce qui a été copié d’un autre disque (${named(source)}). Choisissez un nouveau dossier, pour ne pas mélanger les deux.`,
  'target-too-small': ({ path, neededBytes, freeBytes }) =>
    `Il y a ${inGigabytes(neededBytes)} à copier, et ${named(path)} n’a que ${inGigabytes(freeBytes)} de libre. Rien n’a été copié. Prenez un disque plus grand, ou moins de dossiers.`,
  'target-full': ({ path }) =>
    `Le disque de ${named(path)} est plein. Ce qui s’y trouve est entier et listé dans le manifeste. Faites de la place et relancez la même commande : elle reprend où elle s’est arrêtée.`,
  'files-too-large': ({ path, files, limitBytes }) =>
    `Le disque de ${named(path)} est formaté en FAT32, qui n’accepte aucun fichier de plus de ${inGigabytes(limitBytes)} : ${listed(files, '')}. Rien n’a été copié. Prenez un disque formaté en exFAT, NTFS ou ext4, ou laissez ces fichiers de côté.`,
  'target-exists': ({ path }) => `${named(path)} existe déjà et n’est pas écrasé. Choisissez un autre nom.`,
  stopped: ({ path }) =>
    `Arrêté, comme demandé. Ce qui est dans ${named(path)} est entier, et la même commande reprend où elle s’est arrêtée.`,
  'no-backups': () => 'Aucune sauvegarde de Home Assistant n’a été trouvée sur ces disques.',
  'no-such-backup': ({ name, candidates }) =>
    `Il n’y a pas de sauvegarde ${named(name)}. Sauvegardes : ${listed(candidates, 'aucune')}.`,
  'backup-key-missing': () =>
    'La sauvegarde est chiffrée et sa clé n’est pas sur le disque. Elle figure dans le kit de secours donné par Home Assistant (home_assistant_backup_emergency_kit_….txt) : ajoutez --key-file FICHIER avec ce fichier, tel que téléchargé.',
  'wrong-backup-key': ({ archive }) =>
    `Aucune clé connue n’ouvre ${named(archive)}. Une sauvegarde ancienne peut avoir une clé ancienne : cherchez le kit de secours de l’époque et ajoutez --key-file FICHIER.`,
  'nothing-to-repair': ({ archive }) =>
    `Plus rien n’est reconnaissable dans ${named(archive)} : il n’y a rien à réparer. Si c’est une copie, cherchez l’original, sur la machine elle-même ou là où elle a été envoyée.`,
  'archive-damaged': ({ archive, reason }) =>
    `${named(archive)} est endommagée ou incomplète (${backupReason(reason)}) : elle n’a pas été déchiffrée. « sparekey backups repair » en fait une saine de ce qui reste, « sparekey backups export » la copie telle quelle.`,
  'changed-since': ({ path, id }) =>
    `${named(path)} a été modifié depuis l’opération ${named(id)} ; remettre l’ancien fichier ferait perdre cela. Pour le faire malgré tout, ajoutez --force.`,
};

const publicKey = 'Il faut une seule ligne, comme « ssh-ed25519 AAAA… vous@machine », celle de id_ed25519.pub.';

/** Pourquoi une clé n’est pas acceptée, et ce qui le serait. */
const keyFlaws: Readonly<Record<PublicKeyFlaw, string>> = {
  'private-key': `C’est une clé privée. Laissez-la où elle est : elle n’a sa place sur aucune autre machine. Donnez la clé publique, celle du fichier voisin qui finit par .pub (PuTTYgen la montre sous « Public key for pasting into OpenSSH authorized_keys file »).`,
  'other-format': `C’est une clé publique au format de PuTTY, de SSH2 ou PEM, que le serveur SSH de ce système ne lit pas. PuTTYgen montre la bonne sous « Public key for pasting into OpenSSH authorized_keys file » ; \`ssh-keygen -i -f FICHIER\` la convertit.`,
  options: `Des options précèdent cette clé et limiteraient ce qu’elle ouvre. Donnez la clé seule. ${publicKey}`,
  certificate: `C’est un certificat, qui n’ouvre rien à lui seul. Donnez la clé publique simple. ${publicKey}`,
  outdated: `Les serveurs SSH d’aujourd’hui refusent ce type de clé (DSA, ou RSA de moins de 1024 bits). Créez-en une avec \`ssh-keygen -t ed25519\`.`,
  damaged: `Cette clé est tronquée, coupée en plusieurs lignes ou mal tapée. Copiez-la de nouveau, d’un seul tenant. ${publicKey}`,
  several: `Il y a plusieurs clés. Donnez-en une à la fois.`,
  'too-large': `C’est bien plus long que n’importe quelle clé. ${publicKey}`,
  'no-key': `Ce n’est pas une clé publique. Indiquez son fichier, ou collez-la. ${publicKey}`,
};
