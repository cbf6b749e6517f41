import type { HelpWords } from '../text.ts';

export const help: HelpWords = {
  tagline: 'La clé de secours des machines qui sont à vous et où vous n’entrez plus.',
  commands: {
    scan: 'Montrer disques, volumes, systèmes installés et qui peut s’y connecter ; n’écrit rien',
    'reset-password': 'Donner un nouveau mot de passe à un compte',
    undo: 'Remettre ce qu’une opération a remplacé',
  },
  options: {
    disk: 'Ne regarder que ce disque, cette image ou ce dossier monté (répétable)',
    on: 'Quel volume ou système : sdb2, card.img:2, LABEL=…, PARTLABEL=…, UUID=…, ou un identifiant donné par scan',
    yes: 'Accepter le plan d’avance',
    'dry-run': 'Afficher le plan et s’arrêter',
    json: 'Un document JSON sur la sortie standard, les événements en lignes JSON sur la sortie d’erreur',
    lang: 'Langue : en ou fr',
    color: 'Couleurs (--no-color les supprime, comme NO_COLOR)',
    user: 'Le compte',
    'password-file': 'Lire le nouveau mot de passe sur la première ligne d’un fichier (- pour l’entrée standard)',
    generate: 'Inventer un mot de passe et l’afficher une fois',
    unlock: 'Lever aussi le verrou du compte',
    force: 'Remettre même des fichiers modifiés depuis',
    id: 'L’opération à annuler, telle que scan l’affiche ; inutile s’il n’y en a qu’une',
    help: 'Afficher cette aide',
    version: 'Afficher la version',
  },
  sources:
    'Un disque est un périphérique (/dev/sdb), une image brute (carte.img) ou le dossier racine d’un système monté (/mnt).',
  exitCodes:
    'Codes de sortie : 0 fait, 1 échec, 2 usage, 3 refusé ou sans accord, 4 rien ne correspond, 70 défaut du programme.',
  yargs: {
    'Commands:': 'Commandes :',
    'Options:': 'Options :',
    'Positionals:': 'Arguments :',
    boolean: 'booléen',
    string: 'texte',
    array: 'liste',
    required: 'requis',
    'choices:': 'choix :',
    'default:': 'défaut :',
    'Missing required argument: %s': {
      one: 'Argument requis manquant : %s',
      other: 'Arguments requis manquants : %s',
    },
    'Unknown argument: %s': { one: 'Argument inconnu : %s', other: 'Arguments inconnus : %s' },
    'Unknown command: %s': { one: 'Commande inconnue : %s', other: 'Commandes inconnues : %s' },
    'Not enough arguments following: %s': 'Il manque une valeur après : %s',
    'Invalid values:': 'Valeurs non acceptées :',
    'Argument: %s, Given: %s, Choices: %s': 'Argument : %s, donné : %s, choix : %s',
    'Arguments %s and %s are mutually exclusive': 'Les arguments %s et %s s’excluent',
    'Did you mean %s?': 'Vouliez-vous dire %s ?',
  },
};
