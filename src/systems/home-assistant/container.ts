import { memberOf, parseJson } from '../../formats/json-edit.ts';
import { isRescueError } from '../../model/errors.ts';
import type { SystemProfile } from '../../model/system.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { listIfPossible, readIfPossible } from '../look.ts';
import { isPath, join } from '../paths.ts';
import { homeAssistantAccounts } from './accounts.ts';
import { homeAssistantBackups } from './backups.ts';
import { homeAssistantChecks } from './checks.ts';
import { detectionOf, findConfigFolders } from './config-folder.ts';
import { homeAssistantLandmarks } from './landmarks.ts';

const containersFolder: TreePath = '/var/lib/docker/containers';
/** Docker's named volumes, and Podman's. */
const volumeFolders: readonly TreePath[] = ['/var/lib/docker/volumes', '/var/lib/containers/storage/volumes'];

/** Where people put the folder by hand, following the documentation and the usual guides. */
const usualFolders: readonly TreePath[] = ['/opt', '/srv', '/root', '/docker', '/opt/docker', '/srv/docker', '/data'];
const usualNames = ['homeassistant', 'homeassistant/config', 'home-assistant', 'home-assistant/config', 'hass', 'ha'];
const belowHomes = ['', '/docker', '/compose'];

/** Folders looked through: a stranger's disk may hold a million. */
const foldersLookedAt = 200;

/** Home Assistant Container: an image that docker or podman runs, with its configuration in a folder of the host's. */
export const container: SystemProfile = {
  id: 'home-assistant-container',
  accounts: homeAssistantAccounts({ hasSupervisor: false }),
  loginChecks: homeAssistantChecks,
  landmarks: homeAssistantLandmarks,
  backups: homeAssistantBackups,

  async detect({ tree }) {
    const candidates = [
      ...(await boundFolders(tree)),
      ...(await namedVolumes(tree)),
      ...usualFolders.flatMap(byHand),
      ...(await foldersIn(tree, '/home')).flatMap((home) => belowHomes.flatMap((below) => byHand(`${home}${below}`))),
    ];
    const homes = await findConfigFolders(tree, candidates);
    return Promise.all(homes.map((home) => detectionOf(tree, 'Home Assistant Container', home)));
  },
};

const byHand = (folder: TreePath): readonly TreePath[] => usualNames.map((name) => join(folder, name));

/** What docker's containers see as /config (or a folder below): the sources of their bind mounts. */
const boundFolders = async (tree: Tree): Promise<readonly TreePath[]> => {
  const containers = await foldersIn(tree, containersFolder);
  return (await Promise.all(containers.map((folder) => mountSources(tree, join(folder, 'config.v2.json'))))).flat();
};

const mountSources = async (tree: Tree, path: TreePath): Promise<readonly TreePath[]> => {
  const bytes = await readIfPossible(tree, path);
  if (!bytes) return [];
  try {
    const mountPoints = memberOf(parseJson(bytes, path).value, 'MountPoints');
    const source = memberOf(memberOf(mountPoints, '/config'), 'Source');
    return isPath(source) ? [source] : [];
  } catch (error) {
    if (isRescueError(error)) return [];
    throw error;
  }
};

const namedVolumes = async (tree: Tree): Promise<readonly TreePath[]> => {
  const volumes = await Promise.all(volumeFolders.map((folder) => foldersIn(tree, folder)));
  return volumes.flat().map((folder) => join(folder, '_data'));
};

const foldersIn = async (tree: Tree, folder: TreePath): Promise<readonly TreePath[]> =>
  (await listIfPossible(tree, folder))
    .filter(({ kind }) => kind === 'directory')
    .map(({ name }) => join(folder, name))
    .sort()
    .slice(0, foldersLookedAt);
