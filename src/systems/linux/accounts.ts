import { encodeBytes } from '../../formats/bytes.ts';
import { shaCryptAccepts } from '../../formats/sha-crypt.ts';
import { PasswordHash } from '../../model/secret.ts';
import type { AccountStore } from '../../model/system.ts';
import { credentialFinder, readAccountFiles } from './account-files.ts';
import { listOthers, listPeople } from './people.ts';
import { setPassword } from './set-password.ts';

/** The accounts of /etc/passwd and /etc/shadow, below a system's root. */
export const linuxAccounts: AccountStore = {
  list: listPeople,
  listOthers,
  /** Names differ as soon as their bytes do. */
  isSameName: (typed, stored) => typed === stored,
  setPassword,
  accepts: async (tree, home, { name }, secret) => {
    const credential = credentialFinder(await readAccountFiles(tree, home))(name);
    if (credential === undefined) return false;
    if (secret instanceof PasswordHash) return credential.field === secret.reveal();
    return shaCryptAccepts(encodeBytes(secret.reveal()), credential.field);
  },
};
