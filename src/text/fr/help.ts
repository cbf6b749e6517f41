import type { help as english } from '../en/help.ts';
import type { Words } from '../words.ts';

export const help: Words<typeof english> = {
  tagline: 'La clé de secours des machines qui sont à vous et où vous n’entrez plus.',
  commands: {
    scan: 'Montrer disques, volumes, systèmes installés et qui peut s’y connecter ; n’écrit rien',
    check: 'Dire ce qui empêche d’entrer, ou la machine de démarrer ; n’écrit rien',
    run: 'Exécuter un fichier de tâche, et laisser un rapport à côté',
    ls: 'Lister un dossier d’un volume ; n’écrit rien',
    cat: 'Afficher un fichier d’un volume',
    hash: 'Faire l’empreinte d’un mot de passe, pour un fichier de tâche',
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
    'passphrase-file':
      'Ouvrir les volumes chiffrés avec la première ligne de ce fichier (- pour l’entrée standard ; répétable)',
    'key-file': 'Ouvrir les volumes chiffrés avec tout ce fichier (répétable)',
    generate: 'Inventer un mot de passe et l’afficher une fois',
    id: 'L’opération à annuler, telle que scan ou un rapport la nomme ; inutile s’il n’y en a qu’une',
    job: 'Le fichier de tâche ; ce qu’il peut contenir est dans sparekey.example.yaml',
    for: 'Pour quel genre de connexion',
    path: 'Un chemin sur le volume',
    help: 'Afficher cette aide',
    version: 'Afficher la version',
  },
  sources:
    'Un disque est un périphérique (/dev/sdb), une image brute (carte.img) ou le dossier racine d’un système monté (/mnt).',
  exitCodes:
    'Codes de sortie : 0 fait, 1 échec, 2 usage, 3 refusé ou sans accord, 4 rien ne correspond, 70 défaut du programme.',
  givenTwice: (option) => `${option} y est deux fois ; une suffit.`,
  parser: {
    'Commands:': 'Commandes :',
    'Options:': 'Options :',
    'Positionals:': 'Arguments :',
    boolean: 'oui/non',
    string: 'texte',
    array: 'liste',
    required: 'requis',
    'choices:': 'choix :',
    'Not enough arguments following: %s': 'Il manque une valeur après : %s',
    'Invalid values:': 'Valeurs non acceptées :',
    'Argument: %s, Given: %s, Choices: %s': 'Option : %s, donné : %s, choix : %s',
    'Arguments %s and %s are mutually exclusive': '%s et %s s’excluent',
    'Did you mean %s?': 'Vouliez-vous dire %s ?',
    'Missing required argument: %s': { one: 'Il manque : %s', other: 'Il manque : %s' },
    'Unknown argument: %s': { one: 'Argument inconnu : %s', other: 'Arguments inconnus : %s' },
    'Unknown command: %s': { one: 'Commande inconnue : %s', other: 'Commandes inconnues : %s' },
  },
};
