import type { SystemProfile } from '../../model/system.ts';
import { listIfPossible } from '../look.ts';

/** Names looked at: a stick may hold a million files. */
const namesLookedAt = 5000;

/** Alpine in its "diskless" mode: /etc lies in HOST.apkovl.tar.gz beside what it starts from (alpine-conf, lbu(8)). */
export const alpineDiskless: SystemProfile = {
  id: 'alpine-diskless',

  async detect({ tree }) {
    const names = (await listIfPossible(tree, '/')).slice(0, namesLookedAt);
    return names.flatMap(({ name, kind }) => {
      const [, hostname] = /^([^.].*)\.apkovl\.tar\.gz$/.exec(name) ?? [];
      if (kind !== 'file' || hostname === undefined) return [];
      return [
        { name: 'Alpine Linux', hostname, home: `/${name}`, elsewhere: [{ kind: 'diskless', users: [] }] } as const,
      ];
    });
  },
};
