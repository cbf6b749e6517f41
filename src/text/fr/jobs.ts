import type { Accepted } from '../../model/job.ts';
import type { jobs as english } from '../en/jobs.ts';
import { named } from '../names.ts';
import type { JobProblemSentences } from '../sentences.ts';
import type { Words } from '../words.ts';

const key = (name: string | undefined) => `\`${named(name ?? '')}\``;

const accepted = (what: Accepted): string => {
  switch (what.kind) {
    case 'values':
      return what.values.join(', ');
    case 'keys':
      return what.keys.join(', ');
    case 'number':
      return `un nombre entier de ${what.min} à ${what.max}`;
    case 'text':
      return 'du texte, entre guillemets s’il peut passer pour un nombre';
    case 'path':
      return 'un chemin qui commence par /';
    case 'list':
      return 'une liste, chaque élément derrière un tiret';
  }
};

const orAccepted = (what: Accepted | undefined) => (what ? ` Accepté : ${accepted(what)}.` : '');

const problems: JobProblemSentences = {
  'too-large': () => 'le fichier est bien trop gros pour une tâche. Accepté : jusqu’à 64 Kio.',
  'not-utf8': () => 'le fichier n’est pas du texte UTF-8. Accepté : du texte simple, enregistré en UTF-8.',
  'not-yaml': () =>
    'ceci ne se lit pas comme du YAML. Accepté : `clé: valeur` avec un blanc après le deux-points, des listes derrière des tirets, guillemets et crochets fermés, les lignes d’un même niveau décalées d’autant de blancs.',
  tab: () => 'une tabulation se trouve dans le décalage. Accepté : des blancs.',
  'several-documents': () => 'un second document commence ici. Accepté : une tâche par fichier.',
  reference: () =>
    'ancres, renvois et étiquettes (&, *, !) ne servent pas ici. Accepté : la valeur même, entre guillemets.',
  'duplicate-key': () => 'cette clé y est deux fois. Accepté : une seule.',
  'unknown-key': ({ key: name, accepted: what }) => `${key(name)} n’est pas connu ici.${orAccepted(what)}`,
  'missing-key': ({ key: name, accepted: what }) => `${key(name)} manque.${orAccepted(what)}`,
  'wrong-value': ({ key: name, accepted: what }) =>
    `${name === undefined ? 'ceci' : `la valeur de ${key(name)}`} n’est pas du bon genre.${orAccepted(what)}`,
  'one-of-keys': ({ accepted: what }) => `il faut ici exactement une de ces clés : ${what ? accepted(what) : ''}.`,
  'bad-password': ({ key: name }) =>
    `${key(name)} ne peut pas servir. Accepté : de 1 à 511 octets sur une ligne, entre guillemets, sans octet nul.`,
  'bad-key': () => 'ce n’est pas une clé publique. Mettez-y la ligne de id_ed25519.pub, entre guillemets',
  'bad-hash': ({ key: name }) =>
    `${key(name)} n’est pas une empreinte entière. Accepté : ce qu’affiche \`sparekey hash\`, entre guillemets.`,
  'struck-out': ({ key: name }) =>
    `${name === undefined ? 'le mot de passe' : key(name)} a été rayé après une exécution. Accepté : le mot de passe à nouveau, entre guillemets.`,
  'run-already': () =>
    'cette tâche a déjà été exécutée. Accepté pour une autre fois : `version: 1`, et les mots de passe à nouveau.',
};

export const jobs: Words<typeof english> = {
  problems,
  at: ({ line, column }, sentence) => `ligne ${line}, colonne ${column} : ${sentence}`,
  accepted,
  signals: {
    waiting: 'attend un disque',
    working: 'travaille : ne pas toucher',
    swap: 'échangez les cartes maintenant',
    done: 'terminé',
    refused: 'refusé, rien n’a été modifié : lisez le rapport',
    failed: 'échec : lisez le rapport',
  },
  countdown: (job, seconds) =>
    `« ${named(job)} » commence dans ${seconds} s. Une touche, n’importe laquelle, mène au menu à la place.`,
  countdownStopped: 'Une touche a été appuyée : la tâche n’est pas exécutée.',
  begun: (job) => `Exécution de « ${named(job)} »`,
  stepBegun: (step, of, title) => `Étape ${step} sur ${of} : ${title}`,
  waitingForDisk: (seconds, reason) => `Attente d’un disque qui convient, au plus ${seconds} s. Jusqu’ici : ${reason}`,
  swapNow: (seconds) => `Retirez maintenant la carte de secours et mettez l’autre. Attente : au plus ${seconds} s.`,
  swapBack: (seconds) => `Remettez la carte de secours, pour le rapport. Attente : au plus ${seconds} s.`,
  reportAt: (place) => `Rapport : ${named(place)}`,
  reportNowhere: 'Le rapport n’a pu être écrit nulle part ; il est affiché ici.',
  leaving: {
    poweroff: 'La machine s’éteint.',
    reboot: 'La machine redémarre.',
    stay: 'La machine reste allumée.',
  },
  noOnHere: 'Une tâche dit elle-même où va chaque étape : mettez `on:` dans le fichier au lieu de --on.',
  keyForMenu: 'Une touche mène au menu.',
  notOurMachine: 'Cet ordinateur exécute son propre système : `then` n’est pas suivi, il reste allumé.',
  hint: {
    on: 'Dans la tâche : désignez-en un avec `on:`.',
    flag: (input) => `Dans la tâche : \`${input}: true\`.`,
    id: 'Dans la tâche : désignez-en une avec `id:`.',
  },
  report: {
    title: 'Rapport de Sparekey',
    job: 'Tâche',
    noName: '(sans nom)',
    begun: 'Début',
    clock: 'selon l’horloge de la machine de secours, qui peut être fausse',
    result: 'Résultat',
    results: {
      done: 'TERMINÉ',
      refused: 'REFUSÉ : rien n’a été modifié',
      failed: 'ÉCHEC',
      'not-reached': 'pas atteinte, rien n’a été modifié pour elle',
    },
    line: (line) => `ligne ${line}`,
    generated: (user, password) => `NOUVEAU MOT DE PASSE de « ${named(user)} » :   ${password}`,
    deleteThis:
      'Connectez-vous avec, choisissez-en un autre et supprimez ce fichier : qui le trouve peut lire le mot de passe.',
    jobKept:
      'Le fichier de la tâche a été laissé tel quel, mots de passe compris : corrigez-le et recommencez, ou supprimez-le.',
    jobStruckOut: (name) =>
      `La tâche a été exécutée : ses mots de passe ont été rayés, et le fichier s’appelle maintenant ${named(name)}. La mémoire d’une clé peut garder d’anciennes copies ; \`password-hash\` évite cela.`,
    found: 'Ce qui a été trouvé',
    nothingFound: 'Aucun disque n’a été trouvé.',
    notLooked: 'Les disques n’ont pas été regardés.',
    accounts: 'Comptes',
    durations: 'Durées',
    phases: {
      'start-up': 'démarrage de la machine',
      countdown: 'compte à rebours',
      waiting: 'attente des disques',
      looking: 'examen des disques',
      planning: 'préparation',
      step: 'étape',
      swapping: 'échange des cartes',
    },
    seconds: (seconds) => `${seconds} s`,
    total: 'en tout',
    bootLog: (name) => `Ce qu’a dit le noyau est dans ${named(name)}.`,
  },
};
