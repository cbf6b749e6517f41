import { named } from '../names.ts';

/** Ce qui reste à faire sur un Session Smart Router, avec les vrais noms (« Password Change and Account Recovery » de Juniper). */
export const routerSteps = (users: readonly string[], nodes: readonly string[]): readonly string[] => {
  const [first = 'admin'] = users;
  const user = named(users.includes('admin') ? 'admin' : first);
  const where = nodes.length > 1 ? ` sur chaque nœud (${nodes.map(named).join(', ')}), l’un après l’autre` : '';
  return [
    '1. Attendez que 128T soit en marche : systemctl status 128T',
    `2. Connectez-vous comme t128 et donnez un mot de passe provisoire${where} : sudo passwd ${user}`,
    `3. Rendez-le durable : sudo su ${user}, puis là : set password. Sans cela, le prochain démarrage de 128T l’annule.`,
  ];
};
