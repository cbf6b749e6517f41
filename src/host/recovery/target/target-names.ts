import { hash } from 'node:crypto';
import { windowsNameFor } from '../../../formats/windows-names.ts';
import type { RawPath } from '../../tree/raw-path.ts';

/** What we keep at the top of the target ourselves. */
const ownNames = /^(\.sparekey-recovery|sparekey-(manifest|receipt)\.[a-z0-9]+)$/i;

/**
 * The name that something gets in the target.
 * @param path where it goes, under its own name
 * @param taken as windowsNameFor has it, for one folder
 */
export const targetNameFor = (name: RawPath, path: RawPath, names: 'any' | 'windows', taken: Set<string>): RawPath => {
  const ours = ownNames.test(path) ? `%${name}` : name;
  return names === 'windows' ? windowsNameFor(ours, taken, digestOf) : ours;
};

const digestOf = (name: string): string => hash('sha256', Buffer.from(name, 'latin1'), 'hex').slice(0, 12);
