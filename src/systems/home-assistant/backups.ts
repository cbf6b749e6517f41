import { decodeBytes } from '../../formats/bytes.ts';
import { memberOf, parseJson } from '../../formats/json-edit.ts';
import { isRescueError } from '../../model/errors.ts';
import type { BackupStore } from '../../model/system.ts';
import { readIfPossible } from '../look.ts';

/** Home Assistant's backups and the key that it keeps for them. */
export const homeAssistantBackups: BackupStore = {
  /** Beside the configuration (Supervisor), or in it (Container, Core). */
  foldersOf: (home) => [`${home.slice(0, home.lastIndexOf('/'))}/backup`, `${home}/backups`],

  /** `data.config.create_backup.password` in .storage/backup (core: components/backup/store.py). Only the current key is kept. */
  readKey: async (tree, home) => {
    const path = `${home}/.storage/backup`;
    try {
      const bytes = await tree.read(path);
      if (bytes === undefined) return undefined;
      const { value } = parseJson(bytes, path);
      const settings = memberOf(memberOf(memberOf(value, 'data'), 'config'), 'create_backup');
      const key = memberOf(settings, 'password');
      return typeof key === 'string' && key !== '' ? key : undefined;
    } catch (error) {
      if (isRescueError(error)) return undefined;
      throw error;
    }
  },

  /** Core notes its version in its configuration folder (core: config.py, VERSION_FILE). */
  readVersion: async (tree, home) => {
    const bytes = await readIfPossible(tree, `${home}/.HA_VERSION`);
    const version = bytes && decodeBytes(bytes).trim();
    return version !== undefined && /^[\w.]+$/.test(version) ? version : undefined;
  },
};
