import { memberOf, parseJson } from '../../formats/json-edit.ts';
import { isRescueError } from '../../model/errors.ts';
import type { SystemProfile } from '../../model/system.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { readIfPossible } from '../look.ts';
import { isPath, join } from '../paths.ts';
import { homeAssistantAccounts } from './accounts.ts';
import { homeAssistantBackups } from './backups.ts';
import { homeAssistantChecks } from './checks.ts';
import { detectionOf, findConfigFolders } from './config-folder.ts';
import { homeAssistantLandmarks } from './landmarks.ts';

/** Where the supervised installer puts its data, today and before 2023. */
const usualFolders: readonly TreePath[] = ['/var/lib/homeassistant', '/usr/share/hassio'];

/** Home Assistant Supervised: the Supervisor as a service of a Debian. */
export const supervised: SystemProfile = {
  id: 'home-assistant-supervised',
  // Its Core runs in a container too, with the same folder bound to /config.
  supersedes: ['home-assistant-container'],
  accounts: homeAssistantAccounts({ hasSupervisor: true }),
  loginChecks: homeAssistantChecks,
  landmarks: homeAssistantLandmarks,
  backups: homeAssistantBackups,

  async detect({ tree }) {
    const configured = await configuredFolder(tree);
    const folders = configured === undefined ? usualFolders : [configured, ...usualFolders];
    const homes = await findConfigFolders(
      tree,
      folders.map((folder) => join(folder, 'homeassistant')),
    );
    return Promise.all(homes.map((home) => detectionOf(tree, 'Home Assistant Supervised', home)));
  },
};

/** `data` in /etc/hassio.json, which the installer's --data-share sets. */
const configuredFolder = async (tree: Tree): Promise<TreePath | undefined> => {
  const path = '/etc/hassio.json';
  const bytes = await readIfPossible(tree, path);
  if (!bytes) return undefined;
  try {
    const folder = memberOf(parseJson(bytes, path).value, 'data');
    return isPath(folder) ? folder : undefined;
  } catch (error) {
    if (isRescueError(error)) return undefined;
    throw error;
  }
};
