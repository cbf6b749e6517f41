import type { FindingSentences, FindingWords } from '../finding-words.ts';
import { named } from '../names.ts';

const sentences: FindingSentences = {
  'password-locked': ({ user, hasHash }) =>
    hasHash
      ? `Le mot de passe de « ${named(user)} » est verrouillé.`
      : `« ${named(user)} » n’a pas de mot de passe : sa place est verrouillée. Un nouveau mot de passe l’ouvre.`,
  'password-unusable': ({ user }) =>
    `Ce qui tient lieu de mot de passe à « ${named(user)} » n’en est pas un. Un nouveau mot de passe y remédie.`,
  'no-password': ({ user }) =>
    `« ${named(user)} » n’a pas de mot de passe. Qui est devant la machine entre sans ; SSH le refuse.`,
  'hash-unknown': ({ user, scheme, libc }) =>
    `Le mot de passe de « ${named(user)} » est enregistré en ${named(scheme)}, que ${named(libc)} ne connaît pas sur ce système. Un nouveau mot de passe y remédie.`,
  'account-expired': ({ user, date }) =>
    date === undefined ? `« ${named(user)} » a expiré.` : `« ${named(user)} » a expiré le ${named(date)}.`,
  'password-too-old': ({ user }) =>
    `Le mot de passe de « ${named(user)} » est devenu trop vieux, et cela a fermé le compte.`,
  'password-change-due': ({ user }) =>
    `Un autre mot de passe sera demandé à « ${named(user)} » à la prochaine connexion.`,
  'shell-refuses': ({ user, shell }) =>
    `« ${named(user)} » a pour shell ${named(shell)}, qui ne laisse entrer personne.`,
  'shell-missing': ({ user, shell }) => `Le shell de « ${named(user)} », ${named(shell)}, n’existe pas.`,
  'shell-not-listed': ({ user, shell }) =>
    `Le shell de « ${named(user)} », ${named(shell)}, n’est pas inscrit dans /etc/shells, et ce système l’exige.`,
  'no-shadow-line': ({ user }) =>
    `« ${named(user)} » n’a pas de ligne dans /etc/shadow : le système ne peut laisser entrer personne.`,
  'home-missing': ({ user, home }) => `Le dossier personnel de « ${named(user)} », ${named(home)}, n’existe pas.`,
  'home-not-own': ({ user, home, uid }) =>
    `Le dossier personnel de « ${named(user)} », ${named(home)}, appartient à quelqu’un d’autre (identifiant ${uid}).`,
  faillock: ({ user, failures, until }) =>
    `« ${named(user)} » est verrouillé après ${failures} échecs de connexion${until === undefined ? '' : `, jusqu’au ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} (UTC)`}.`,
  'login-tally': ({ user, failures }) => `« ${named(user)} » est verrouillé après ${failures} échecs de connexion.`,
  'nologin-file': () => 'Le fichier /etc/nologin refuse tout le monde sauf root.',
  'shadow-missing': ({ copy }) =>
    `Le fichier des mots de passe, /etc/shadow, manque.${copy === undefined ? '' : ` Il en reste une copie plus ancienne : ${named(copy)}.`}`,
  'shadow-empty': ({ copy }) =>
    `Le fichier des mots de passe, /etc/shadow, est vide.${copy === undefined ? '' : ` Il en reste une copie plus ancienne : ${named(copy)}.`}`,
  'web-user-inactive': ({ user }) => `« ${named(user)} » est désactivé dans Home Assistant.`,
  'web-local-only': ({ user }) => `« ${named(user)} » ne peut se connecter que depuis le réseau local.`,
  'web-two-factor': ({ user }) => `Un code venant d’un autre appareil est aussi demandé à « ${named(user)} ».`,
  'banned-addresses': ({ count }) =>
    `${count === 1 ? 'Une adresse réseau est bannie' : `${count} adresses réseau sont bannies`} après des échecs de connexion. Si c’est la vôtre, même le bon mot de passe est refusé.`,
};

export const findings: FindingWords = {
  sentences,
  doors: {
    console: 'à l’écran',
    desktop: 'bureau',
    'ssh-password': 'SSH avec mot de passe',
    'ssh-key': 'SSH avec clé',
    sudo: 'avec sudo',
    web: 'page web',
    start: 'démarrage',
  },
  shut: { certain: 'Fermé', likely: 'Très probablement fermé', possible: 'Peut-être fermé' },
  hindered: { certain: 'Concerné', likely: 'Très probablement concerné', possible: 'Peut-être concerné' },
  where: (path, line) => (line === undefined ? named(path) : `${named(path)}, ligne ${line}`),
  cure: (id) => `Peut être corrigé : ${named(id)}`,
  heading: (system, user) => (user === undefined ? named(system) : `« ${named(user)} » sur ${named(system)}`),
  nothing: 'Rien n’a été trouvé qui empêche d’entrer.',
};
