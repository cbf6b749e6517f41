import { named } from '../names.ts';

/** What is left to do on a Session Smart Router, with the real names (Juniper's "Password Change and Account Recovery"). */
export const routerSteps = (users: readonly string[], nodes: readonly string[]): readonly string[] => {
  const [first = 'admin'] = users;
  const user = named(users.includes('admin') ? 'admin' : first);
  const where = nodes.length > 1 ? ` on every node (${nodes.map(named).join(', ')}), one after the other` : '';
  return [
    '1. Wait until 128T is running: systemctl status 128T',
    `2. Log in as t128, and set a password for now${where}: sudo passwd ${user}`,
    `3. Make it last: sudo su ${user}, and there: set password. Without this the next start of 128T undoes it.`,
  ];
};
