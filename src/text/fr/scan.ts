import type { AccountNote } from '../../model/account.ts';
import type { scan as english } from '../en/scan.ts';
import type { Words } from '../words.ts';

export const accountNotes: Readonly<Record<AccountNote, string>> = {
  locked: 'verrouillé',
  expired: 'compte expiré',
  'password-expired': 'mot de passe expiré',
  'no-login-shell': 'pas de shell de connexion',
  'key-only': 'clé SSH seulement',
  'no-password': 'sans mot de passe',
  'duplicate-name': 'nom en double',
  'hash-in-passwd': 'empreinte dans /etc/passwd',
  'router-owned': 'utilisateur propre au routeur',
  inactive: 'désactivé',
  'local-only': 'réseau local seulement',
  'two-factor': 'double authentification',
  'other-person': 'se connecte comme une autre personne',
  unlinked: 'lié à aucune personne',
};

export const scan: Words<typeof english> = {
  disk: 'Disque',
  part: 'Volume',
  size: 'Taille',
  filesystem: 'Type',
  label: 'Étiquette',
  content: 'Contenu',
  runningSystem: 'le système en cours : on n’y touche pas',
  rescueMedium: 'cette clé de secours',
  mounted: 'monté',
  raidMember: 'un disque d’un RAID : jamais modifié',
  partOf: (name) => `partie de ${name}`,
  locked: 'chiffré',
  snapshotOf: (selector) => `un état antérieur (instantané) de ${selector}`,
  missing: (size) => `il en manque les derniers ${size}`,
  degraded: (present, devices) => `fonctionne avec ${present} disques sur ${devices}`,
  incomplete: 'incomplet',
  hibernated: 'en veille prolongée',
  noDisks: 'Aucun disque n’a été trouvé.',
  noSystems: 'Aucun système installé n’a été reconnu.',
  accountsOf: (system) => `Comptes de ${system}`,
  noAccounts: 'aucun compte ne permet de se connecter',
  owner: 'propriétaire',
  administrator: 'administrateur',
  state: { dirty: 'pas éteint proprement', errors: 'à vérifier' },
  logins: { password: 'mot de passe', key: 'clé SSH', nothing: 'aucun accès', anyone: 'ouvert à tous' },
  accountNotes,
};
