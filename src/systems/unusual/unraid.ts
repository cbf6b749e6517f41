import { decodeBytes } from '../../formats/bytes.ts';
import { parseOsRelease } from '../../formats/os-release.ts';
import type { SystemProfile } from '../../model/system.ts';
import { linuxAccounts } from '../linux/accounts.ts';
import { kindAt, readIfPossible } from '../look.ts';

/** Unraid, by what its stick keeps in /config, which layouts/unraid.ts shows as /etc. */
export const unraid: SystemProfile = {
  id: 'unraid',
  supersedes: ['linux'],
  accounts: linuxAccounts,

  async detect({ tree }) {
    const kinds = await Promise.all(['/etc/ident.cfg', '/etc/passwd', '/etc/shadow'].map((path) => kindAt(tree, path)));
    if (!kinds.every((kind) => kind === 'file')) return [];
    const ident = parseOsRelease((await readIfPossible(tree, '/etc/ident.cfg')) ?? new Uint8Array());
    const hostname = ident.get('NAME')?.slice(0, 100);
    const changes = decodeBytes((await readIfPossible(tree, '/changes.txt')) ?? new Uint8Array());
    const [, version] = /^#* ?Version (\d+(?:\.\d+)+\S*)/m.exec(changes) ?? [];
    return [{ name: 'Unraid', home: '/', ...(version && { version }), ...(hostname && { hostname }) }];
  },
};
