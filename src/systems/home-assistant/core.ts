import { parsePasswd } from '../../formats/passwd.ts';
import type { SystemProfile } from '../../model/system.ts';
import type { TreePath } from '../../model/tree.ts';
import { readIfPossible } from '../look.ts';
import { isPath, join } from '../paths.ts';
import { homeAssistantAccounts } from './accounts.ts';
import { homeAssistantBackups } from './backups.ts';
import { homeAssistantChecks } from './checks.ts';
import { detectionOf, findConfigFolders } from './config-folder.ts';
import { homeAssistantLandmarks } from './landmarks.ts';

/** The folder that `hass` makes in the home of whoever runs it. */
const folderName = '.homeassistant';
/** The account of the documentation's own instructions, also where passwd has lost it. */
const usualHomes: readonly TreePath[] = ['/home/homeassistant', '/root'];
/** Homes looked into: a stranger's passwd may name a hundred thousand. */
const homesLookedInto = 1000;

/** Home Assistant Core: installed with pip, mostly in a virtual environment. */
export const core: SystemProfile = {
  id: 'home-assistant-core',
  accounts: homeAssistantAccounts({ hasSupervisor: false }),
  loginChecks: homeAssistantChecks,
  landmarks: homeAssistantLandmarks,
  backups: homeAssistantBackups,

  async detect({ tree }) {
    const passwd = parsePasswd((await readIfPossible(tree, '/etc/passwd')) ?? new Uint8Array());
    const homes = passwd.map(({ home }) => home).filter(isPath);
    const candidates = [...new Set([...usualHomes, ...homes])].slice(0, homesLookedInto);
    const found = await findConfigFolders(
      tree,
      candidates.map((home) => join(home, folderName)),
    );
    return Promise.all(found.map((home) => detectionOf(tree, 'Home Assistant Core', home)));
  },
};
