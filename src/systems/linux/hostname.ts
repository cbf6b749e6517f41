import { decodeBytes } from '../../formats/bytes.ts';
import { parseOsRelease } from '../../formats/os-release.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { readIfPossible } from '../look.ts';
import { join } from '../paths.ts';

/** What a file says the machine is called. */
type Reading = readonly [file: string, read: (bytes: Uint8Array) => string | undefined];

const assignment = (name: string) => (bytes: Uint8Array) => parseOsRelease(bytes).get(name);

/** Its first line that is no comment (hostname(5)). */
const firstLine = (bytes: Uint8Array): string | undefined =>
  decodeBytes(bytes)
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#'));

/** `option hostname 'router'` (OpenWrt, UCI system). */
const uciOption = (bytes: Uint8Array): string | undefined =>
  /^\s*option\s+hostname\s+(['"]?)([^'"\n]*)\1/m.exec(decodeBytes(bytes))?.[2];

const readings: readonly Reading[] = [
  ['etc/hostname', firstLine],
  // SUSE and Slackware, before systemd.
  ['etc/HOSTNAME', firstLine],
  // Red Hat 6 and older, Gentoo's OpenRC.
  ['etc/sysconfig/network', assignment('HOSTNAME')],
  ['etc/conf.d/hostname', assignment('hostname')],
  ['etc/config/system', uciOption],
];

/** Names that say nothing: nobody knows a machine by them. */
const isNothing = /^(localhost(\.localdomain|\.localdomain6)?|\(none\))?$/i;
/** As long as a name on the network may be (hostname(7)). */
const longestName = 253;

/** What people call the machine; undefined where it has no name of its own. */
export const readHostname = async (tree: Tree, home: TreePath): Promise<string | undefined> => {
  for (const [file, read] of readings) {
    const bytes = await readIfPossible(tree, join(home, file));
    const name = bytes && read(bytes)?.trim().slice(0, longestName);
    if (name !== undefined && !isNothing.test(name)) return name;
  }
  return undefined;
};
