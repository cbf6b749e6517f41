import { formatTarLink, type TarLink } from '../../../formats/tar-link.ts';
import type { Descent } from '../../foreign/descent.ts';
import { createLink, type EntryPath, giveName } from '../../foreign/entries.ts';
import { isSystemError } from '../../process/system-error.ts';
import { nameOfRaw, type OpenFolderPath, parentOfRaw, type RawPath } from '../../tree/raw-path.ts';
import { toTarget } from '../target/target-error.ts';
import { pipeInto } from './attributes-pass.ts';

/** A symbolic link to be made: where, leading where, and whose. */
export interface NewLink extends Omit<TarLink, 'name'> {
  readonly to: RawPath;
}

export interface LinkMaking {
  readonly target: Descent;
  /** The staging folder, as a path of this process. */
  readonly stagingRoot: OpenFolderPath;
  readonly keepsOwners: boolean;
  /** The target keeps times to the nanosecond, which only tar can give to a link. */
  readonly isExact: boolean;
}

/** An archive ends with two blocks of zeros (pax(1)). */
const endBytes = 1024;
/** Links that one tar makes. */
const linksAtOnce = 1000;

/**
 * Makes symbolic links in the staging folder, and then moves them to their places.
 * @returns what tar complained of
 */
export const makeLinks = async (making: LinkMaking, links: readonly NewLink[]): Promise<string> => {
  let output = '';
  for (let at = 0; at < links.length; at += linksAtOnce) {
    const some = links.slice(at, at + linksAtOnce).map((link, index) => ({ ...link, name: `link-${index}` }));
    if (making.isExact) output += await extract(making, some);
    for (const link of some) place(making, link);
  }
  return output;
};

const extract = ({ stagingRoot, keepsOwners }: LinkMaking, links: readonly TarLink[]): Promise<string> => {
  const owner = keepsOwners ? ['--same-owner', '--numeric-owner'] : ['--no-same-owner'];
  const folder = stagingRoot.replace('/proc/self/', `/proc/${process.pid}/`);
  const command = ['tar', '--extract', '--file=-', '--absolute-names', ...owner, '-C', folder];
  return pipeInto(command, Buffer.concat([...links.map(formatTarLink), Buffer.alloc(endBytes)]));
};

const place = ({ target, stagingRoot }: LinkMaking, link: NewLink & TarLink): void => {
  const { to, name } = link;
  const staged: EntryPath = `${stagingRoot}/${name}`;
  const move = () => target.within(parentOfRaw(to), (folder) => giveName(staged, `${folder}/${nameOfRaw(to)}`));
  toTarget(() => {
    try {
      move();
    } catch (error) {
      if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
      createLink(staged, link);
      move();
    }
  }, to);
};
