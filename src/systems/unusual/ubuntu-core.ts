import { decodeBytes } from '../../formats/bytes.ts';
import type { SystemProfile } from '../../model/system.ts';
import { kindAt, readIfPossible } from '../look.ts';

/**
 * The writable volume of Ubuntu Core, whose programs are snaps (ubuntu-data; core-initrd, and snapd's boot/modeenv.go).
 * Its people have keys and no passwords.
 */
export const ubuntuCore: SystemProfile = {
  id: 'ubuntu-core',

  async detect({ tree }) {
    const kinds = await Promise.all(['var/lib/snapd', 'etc'].map((path) => kindAt(tree, `/system-data/${path}`)));
    if (!kinds.every((kind) => kind === 'directory')) return [];
    const text = decodeBytes((await readIfPossible(tree, '/system-data/var/lib/snapd/modeenv')) ?? new Uint8Array());
    const [, version] = /^base=core(\d+)_/m.exec(text) ?? [];
    return [
      {
        name: 'Ubuntu Core',
        home: '/system-data',
        elsewhere: [{ kind: 'ubuntu-core', users: [] }],
        ...(version === undefined ? {} : { version }),
      },
    ];
  },
};
