import type { AccountNote } from '../../model/account.ts';
import type { ScanWords } from '../text.ts';

export const accountNotes: Readonly<Record<AccountNote, string>> = {
  locked: 'verrouillé',
  expired: 'compte expiré',
  'password-expired': 'mot de passe expiré',
  'no-login-shell': 'pas de shell de connexion',
  'key-only': 'clé SSH seulement',
  'no-password': 'sans mot de passe',
  'duplicate-name': 'nom en double',
  'hash-in-passwd': 'empreinte dans /etc/passwd',
  inactive: 'désactivé',
  'local-only': 'réseau local seulement',
  'two-factor': 'double authentification',
  'other-person': 'se connecte comme une autre personne',
  unlinked: 'lié à aucune personne',
};

export const scan: ScanWords = {
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
