import type { run as english } from '../en/run.ts';
import { listed, named } from '../names.ts';
import type { EffectSentences } from '../sentences.ts';
import type { Words } from '../words.ts';

export const effects: EffectSentences = {
  'set-password': ({ user, scheme }) => `un nouveau mot de passe pour « ${named(user)} » (${scheme})`,
  'lift-lock': ({ user }) => `le verrou de « ${named(user)} » est levé`,
  'clear-expiry': ({ user }) => `la date d’expiration de « ${named(user)} », dépassée, est retirée`,
  'clear-ageing': ({ user }) =>
    `la règle qui ferme « ${named(user)} » quand le mot de passe devient trop vieux est retirée, car l’horloge de cette machine n’est pas fiable`,
  'add-shadow-line': ({ user }) => `« ${named(user)} » reçoit la ligne qui lui manque`,
  'reopen-password': ({ user }) => `le mot de passe que « ${named(user)} » avait avant le verrou compte de nouveau`,
  'reopen-account': ({ user }) => `la date d’expiration de « ${named(user)} », dépassée, est retirée`,
  'renew-password-age': ({ user }) =>
    `le mot de passe de « ${named(user)} » compte comme neuf, comme s’il avait été changé aujourd’hui`,
  'set-shell': ({ user, shell }) => `« ${named(user)} » reçoit le shell ${named(shell)}`,
  'list-shell': ({ shell }) => `${named(shell)} est inscrit comme shell`,
  'forget-failures': ({ user }) => `les échecs de connexion de « ${named(user)} » sont oubliés`,
  'open-ssh': ({ user, setting }) => `le serveur SSH reçoit pour « ${named(user)} » seul : ${named(setting)}`,
  'leave-list': ({ user, list }) => `« ${named(user)} » est retiré d’une liste de comptes exclus (${named(list)})`,
  'join-list': ({ user, list }) => `« ${named(user)} » est ajouté à une liste de comptes autorisés (${named(list)})`,
  'allow-access': ({ user }) => `une règle qui laisse entrer « ${named(user)} » est placée avant les autres`,
  'allow-terminal': ({ terminal }) => `${named(terminal)} est ajouté aux terminaux où root peut se connecter`,
  'let-people-in': () => 'le fichier qui refuse tout le monde sauf root est retiré',
  'restore-from': ({ copy }) => `les mots de passe des comptes reviennent de ${named(copy)}`,
  'forget-app-logins': () =>
    'les mots de passe retenus pour les applications sont oubliés : l’ancien ne les ouvre plus',
  'authorize-key': ({ user, fingerprint, comment }) =>
    `la clé ${named(fingerprint)}${comment === '' ? '' : ` (${named(comment)})`} ouvre « ${named(user)} » par SSH`,
  'put-back': ({ journal }) => `le fichier tel qu’il était avant l’opération ${named(journal)}`,
  'take-away': ({ journal }) => `le fichier que l’opération ${named(journal)} a créé est retiré`,
};

export const run: Words<typeof english> = {
  plan: 'Plan',
  warning: 'À savoir',
  details: 'Détails',
  onVolume: (selector) => `sur ${named(selector)}`,
  risks: { none: 'ne change rien', reversible: 'peut être annulé', irreversible: 'ne peut pas être annulé' },
  nothingToDo: 'Tout est déjà comme il faut ; rien n’a été écrit.',
  nothingWritten: 'Rien n’a été écrit.',
  immutableLifted: 'son attribut immuable (chattr +i) est levé le temps de l’écriture, puis remis',
  keptFor: 'Ce qui est remplacé est conservé sur le même volume, pour pouvoir annuler.',
  askConsent: 'Le faire ? [o/N] ',
  yes: ['o', 'oui', 'y', 'yes'],
  declined: 'Rien n’a été modifié.',
  askWhether: (question, yes) => `${question}
${yes} ? [o/N] `,
  newPassword: (user) => `Nouveau mot de passe pour « ${named(user)} » : `,
  repeatPassword: 'Le même encore une fois : ',
  passphrase: (selectors, isAgain) =>
    `${isAgain ? 'Cela n’en ouvre aucun. ' : ''}Phrase de passe pour ${listed(selectors, '')} (chiffré ; Entrée le laisse fermé) : `,
  pasteKey: 'Collez la clé publique (une ligne, « ssh-ed25519 AAAA… vous@machine ») : ',
  generated: (password) => `Nouveau mot de passe : ${password}`,
  waitingForRun: (selector) =>
    `Attente d’une autre exécution de Sparekey, qui écrit sur le disque de ${named(selector)}`,
  opening: (selector) => `Ouverture de ${named(selector)} en écriture`,
  written: (path) => `Écrit : ${named(path)}`,
  rollingBack: 'Cela n’a pas marché : tout est remis comme avant',
  finishingFirst: 'L’écriture en cours est terminée avant l’arrêt',
  stopping: 'Arrêt ; ce qui est fait est gardé, et d’abord mis en ordre',
  heldByKernel:
    'Un disque ne répond pas, et le noyau ne le lâche pas : retirez le disque, ou attendez que le noyau y renonce.',
  done: 'C’est fait.',
  howToUndo: (command) => `Pour revenir en arrière : ${command}`,
  nextStep: 'Retirez le disque ou la clé, démarrez la machine et connectez-vous.',
};
