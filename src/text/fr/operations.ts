import { named } from '../names.ts';
import type { OperationTexts } from '../operation-words.ts';

const on = (selector: string | undefined) => (selector === undefined ? '' : ` sur ${named(selector)}`);

const undoHere = 'Pour retrouver l’ancien état : choisissez à nouveau le volume, puis « Annuler un changement ».';

export const operations: OperationTexts = {
  'reset-password': {
    help: 'Donner un nouveau mot de passe à un compte',
    menu: 'Changer un mot de passe',
    inputs: {
      password: 'Le nouveau mot de passe',
      unlock: 'Lever aussi le verrou du compte, ou lui donner son premier mot de passe',
      fix: 'Corriger aussi ce qui bloque ce compte, par les identifiants que check affiche ; all pour tout',
    },
    title: ({ user, system }) => `Nouveau mot de passe pour « ${named(user)} » sur ${named(system)}`,
    step: (user, selector) => `nouveau mot de passe pour « ${named(user)} »${on(selector)}`,
    apply: 'Donner le nouveau mot de passe',
    insist: {
      title: 'Ce compte est verrouillé',
      question: ({ user }) =>
        `« ${named(user)} » est verrouillé, ou n’a jamais eu de mot de passe. Quelqu’un l’a peut-être voulu ainsi. Un nouveau mot de passe ne sert que si le verrou est levé aussi.`,
      yes: 'Lever aussi le verrou',
    },
    verified: 'Vérifié en relisant le disque : le nouveau mot de passe est accepté.',
    next: ({ user }, realm) => [
      realm === 'linux'
        ? `Connectez-vous comme ${named(user)} avec le nouveau mot de passe.`
        : `Ouvrez Home Assistant dans le navigateur et connectez-vous comme ${named(user)}, écrit ainsi, avec le nouveau mot de passe.`,
      undoHere,
    ],
  },
  'authorize-key': {
    help: 'Autoriser une clé SSH pour un compte',
    menu: 'Autoriser une clé SSH',
    inputs: { key: 'La clé publique' },
    title: ({ user, system, fingerprint }) => `Clé ${named(fingerprint)} pour « ${named(user)} » sur ${named(system)}`,
    step: (user, selector) => `clé SSH pour « ${named(user)} »${on(selector)}`,
    apply: 'Autoriser la clé',
    verified: 'Vérifié en relisant le disque : la clé se trouve là où sshd la cherche.',
    next: ({ user, system }) => [
      `Sur l’ordinateur qui a la clé privée : ssh ${system.startsWith('haos@') ? '-p 22222 ' : ''}${named(user)}@ suivi du nom ou de l’adresse de la machine.`,
      undoHere,
    ],
  },
  fix: {
    help: 'Corriger ce qui bloque un compte : verrous, dates, shell, échecs de connexion',
    menu: 'Lever des verrous',
    inputs: {
      findings:
        'Que corriger, par les identifiants que check affiche, ou all ; sans rien, les verrous du compte lui-même',
    },
    title: ({ user, system }) => `Lever ce qui bloque « ${named(user)} » sur ${named(system)}`,
    step: (user, selector) => `lever ce qui bloque « ${named(user)} »${on(selector)}`,
    apply: 'Corriger',
    verified: 'Vérifié en relisant le disque : ce qui était à corriger ne se trouve plus.',
    next: ({ user }) => [`Connectez-vous comme ${named(user)} avec le mot de passe que vous connaissez.`, undoHere],
  },
  undo: {
    help: 'Remettre ce qu’une opération a remplacé',
    menu: 'Annuler un changement',
    inputs: { force: 'Remettre même des fichiers modifiés depuis' },
    title: ({ journal }) => `Annuler l’opération ${named(journal)}`,
    step: (id, selector) => `annuler ${named(id)}${on(selector)}`.trim(),
    apply: 'Remettre comme avant',
    insist: {
      title: 'Modifié depuis',
      question: ({ path }) =>
        `${named(path)} a de nouveau été modifié ensuite. Remettre l’ancien fichier fait perdre cette modification.`,
      yes: 'Le remettre malgré tout',
    },
    verified: 'Vérifié en relisant le disque : les fichiers sont comme avant.',
    next: () => [],
  },
  recover: {
    help: 'Copier des fichiers hors d’un disque, vérifiés, avec un manifeste ; n’écrit rien sur le disque',
    menu: 'Récupérer des fichiers',
    inputs: {
      paths: 'Fichiers ou dossiers du volume',
      to: 'Où copier',
      owners: 'Garder aussi propriétaires, bits setuid et setgid et capacités des fichiers',
      prove: 'Prendre l’empreinte de la source avant et après, et la noter dans le reçu',
    },
    step: (paths, selector) => `copier ${named(paths)}${selector === undefined ? '' : ` depuis ${named(selector)}`}`,
  },
  clone: {
    help: 'Faire l’image d’un disque qui lâche, autant qu’il se lit ; reprend où elle s’est arrêtée',
    inputs: {
      device: 'Le disque ou la partition dont faire l’image',
      file: 'L’image à faire ou à poursuivre ; sa carte est à côté',
    },
  },
  backups: {
    help: 'Sauvegardes Home Assistant : lister, montrer la clé, exporter, déchiffrer, réparer',
    menu: 'Les sauvegardes et leur clé',
    inputs: {
      action: 'Que faire ; sans cela elles sont listées',
      names: 'Quelles sauvegardes, par leur nom de fichier dans la liste ; toutes si aucune n’est nommée',
      to: 'Où copier',
      decrypt: 'Avec repair : déchiffrer aussi ce qui a été réparé',
      'key-file': 'La clé des sauvegardes, seule sur la première ligne ou dans le kit de secours tel que téléchargé',
    },
  },
};
