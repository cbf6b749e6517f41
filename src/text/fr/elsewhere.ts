import type { ElsewhereKind } from '../../model/elsewhere.ts';
import { listed } from '../names.ts';

/** Où sont les comptes qui ne sont pas sur le disque, et que faire. */
export const elsewhere: Readonly<Record<ElsewhereKind, (users: readonly string[]) => string>> = {
  homed: (users) =>
    `systemd-homed garde ${listed(users, 'certains')} avec un dossier personnel chiffré, qu’un mot de passe posé de l’extérieur n’ouvrirait pas. Connectez-vous avec un autre compte administrateur et lancez \`homectl passwd NOM\` ; il demande l’ancien mot de passe ou la clé de secours.`,
  sssd: () =>
    'Certains viennent d’un serveur (SSSD : Active Directory, LDAP ou FreeIPA), leurs mots de passe aussi. Faites-les changer là-bas ; root et les autres comptes locaux se changent ici.',
  ldap: () =>
    'Certains viennent d’un serveur LDAP, leurs mots de passe aussi. Faites-les changer là-bas ; root et les autres comptes locaux se changent ici.',
  winbind: () =>
    'Certains viennent d’un domaine Windows (winbind), leurs mots de passe aussi. Faites-les changer là-bas ; root et les autres comptes locaux se changent ici.',
  nis: () =>
    'Certains viennent d’un serveur NIS, leurs mots de passe aussi. Faites-les changer là-bas ; root et les autres comptes locaux se changent ici.',
  declared: () =>
    'Ils sont dans la configuration de NixOS (users.mutableUsers = false), qui les réécrit à chaque démarrage. Changez-les là : démarrez une ancienne génération ou l’installateur de NixOS, posez hashedPassword, et reconstruisez.',
  'ubuntu-core': () =>
    'Ubuntu Core n’a pas de mots de passe : on y entre par SSH avec les clés de son compte Ubuntu One. Ajoutez-y une clé et démarrez « Recover » depuis son propre menu de démarrage, ou réinstallez-le.',
  diskless: () =>
    'Alpine tourne ici en mémoire et déballe ses comptes du fichier .apkovl.tar.gz à chaque démarrage. Démarrez-le sans ce fichier, configurez-le et enregistrez-le à nouveau ; ou mettez votre clé ou empreinte à la main dans son etc.',
  overlay: () =>
    'Cette racine est en lecture seule par nature, et ce qui a été changé depuis se trouve par-dessus, sur un volume absent d’ici. Branchez le disque entier, ou remettez l’appareil à ses réglages d’usine.',
};
