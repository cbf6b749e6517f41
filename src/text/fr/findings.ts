import type { findings as english } from '../en/findings.ts';
import { named } from '../names.ts';
import type { FindingSentences } from '../sentences.ts';
import type { Words } from '../words.ts';

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
  'sshd-config-broken': ({ text }) =>
    `Le serveur SSH ne démarre pas avec cette ligne de sa configuration ; personne n’entre donc par SSH : ${named(text)}`,
  'sshd-config-loop': () =>
    'Des fichiers de la configuration du serveur SSH s’incluent les uns les autres, et il ne démarre pas ainsi.',
  'sshd-config-large': () => 'La configuration du serveur SSH dépasse ce que Sparekey en lit.',
  'ssh-not-started': ({ unit, hasSwitch }) =>
    `Rien ne démarre le serveur SSH : ${named(unit)} n’est pas activé. ${hasSwitch ? 'Mettez un fichier vide nommé ssh sur la partition de démarrage' : `Sur le système en marche : systemctl enable --now ${named(unit)}`}`,
  'ssh-start-options': ({ options }) =>
    `Le serveur SSH est démarré avec des options qui l’emportent sur sa configuration, et que Sparekey ne suit pas : ${named(options)}`,
  'ssh-other-server': ({ program }) =>
    `Le serveur SSH n’est pas OpenSSH mais ${named(program)}, et ce qu’il décide est impossible à savoir d’ici.`,
  'ssh-setting': ({ user, setting }) =>
    `La configuration du serveur SSH dit pour « ${named(user)} » : ${named(setting)}.`,
  'ssh-list': ({ user, setting, isDenied }) =>
    isDenied
      ? `Le serveur SSH refuse « ${named(user)} » : ${named(setting)}.`
      : `Le serveur SSH n’accepte que les comptes d’une liste, et « ${named(user)} » n’y est pas : ${named(setting)}.`,
  'ssh-methods': ({ user, setting }) =>
    `Le serveur SSH demande à « ${named(user)} » davantage, ou autre chose : ${named(setting)}.`,
  'ssh-locked': ({ user }) =>
    `Le mot de passe de « ${named(user)} » est verrouillé, et ce serveur SSH refuse alors aussi les clés (UsePAM no).`,
  'ssh-forced-command': ({ user, command }) =>
    `Par SSH, « ${named(user)} » n’obtient pas de shell, mais toujours cette commande : ${named(command)}.`,
  'ssh-keys-loose': ({ user, file, isFolder }) =>
    `Le serveur SSH ne lit pas les clés de « ${named(user)} » dans ${named(file)} : ${isFolder ? 'un dossier du chemin' : 'le fichier'} appartient à quelqu’un d’autre, ou d’autres peuvent y écrire (StrictModes).`,
  'ssh-keys-unreadable': ({ user, file }) =>
    `« ${named(user)} » n’a pas le droit de lire ${named(file)} ; le serveur SSH ne lit donc pas les clés qui s’y trouvent.`,
  'access-rule': ({ user }) => `Une règle de contrôle d’accès (pam_access) refuse « ${named(user)} ».`,
  'access-list': ({ user, isListed }) =>
    isListed
      ? `Une liste de comptes exclus (pam_listfile) contient « ${named(user)} ».`
      : `Une liste de comptes autorisés (pam_listfile) ne contient pas « ${named(user)} », ou est illisible.`,
  'time-rule': ({ user }) => `Une règle (pam_time) refuse « ${named(user)} » à certaines heures, ou toujours.`,
  'terminal-not-listed': ({ user, terminal }) =>
    `« ${named(user)} » ne peut se connecter que sur les terminaux d’une liste (pam_securetty), et ${named(terminal)} n’y est pas.`,
  'pam-condition': ({ user, condition }) =>
    `« ${named(user)} » ne remplit pas une condition de connexion (pam_succeed_if) : ${named(condition)}.`,
  'pam-denies': ({ user, module }) => `Les règles de connexion refusent « ${named(user)} » (${named(module)}).`,
  'pam-missing': ({ module }) =>
    module === ''
      ? 'Les règles de connexion nomment un fichier qui n’existe pas, et refusent donc tout le monde.'
      : `Les règles de connexion appellent ${named(module)}, qui n’est pas installé, et refusent donc tout le monde.`,
  'pam-unknown': ({ user, module }) =>
    `L’accès de « ${named(user)} » dépend aussi de ${named(module)}, et le disque ne dit pas ce que ce module décide.`,
  'sudo-other-password': () =>
    'sudo demande ici un autre mot de passe que le sien : celui de root, ou du compte que l’on devient.',
  'web-user-inactive': ({ user }) => `« ${named(user)} » est désactivé dans Home Assistant.`,
  'web-local-only': ({ user }) => `« ${named(user)} » ne peut se connecter que depuis le réseau local.`,
  'web-two-factor': ({ user }) => `Un code venant d’un autre appareil est aussi demandé à « ${named(user)} ».`,
  'banned-addresses': ({ count }) =>
    `${count === 1 ? 'Une adresse réseau est bannie' : `${count} adresses réseau sont bannies`} après des échecs de connexion. Si c’est la vôtre, même le bon mot de passe est refusé.`,
};

export const findings: Words<typeof english> = {
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
  doorsAre: (state, doors) => `${state} : ${doors}`,
  where: (path, line) => (line === undefined ? named(path) : `${named(path)}, ligne ${line}`),
  cure: (id) => `Peut être corrigé : ${named(id)}`,
  heading: (system, user) => (user === undefined ? named(system) : `« ${named(user)} » sur ${named(system)}`),
  doorStates: {
    open: 'ouvert',
    shut: 'fermé',
    unknown: 'impossible à savoir d’ici',
  },
  missing: { 'no-key': 'aucune clé n’est autorisée', 'no-sudo-rule': 'aucune règle n’autorise ce compte' },
  doorsHeading: (user) => `Accès de « ${named(user)} », avec le bon mot de passe ou la bonne clé :`,
  doorsAfter: 'Accès ensuite :',
  doorsNow: 'Accès à présent :',
  door: (door, state, reasons) => `${door} : ${[state, ...reasons].join('. ')}`,
  because: (sentence, where) => (where === undefined ? sentence : `${sentence.replace(/\.$/, '')} (${where})`),
  askCure: (finding, effects) => `${finding}\n  ${effects.join('\n  ')}\nLe faire ? [o/N] `,
  nothing: 'Rien n’a été trouvé qui empêche d’entrer.',
};
