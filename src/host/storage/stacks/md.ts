import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { decodeBytes } from '../../../formats/bytes.ts';
import { type MdMember, parseMdExamine } from '../../../formats/md-examine.ts';
import { isRescueError, RescueError } from '../../../model/errors.ts';
import { run } from '../../process/commands.ts';
import { attach, type Mode } from './legs.ts';
import type { Fate, Opened, Piece } from './piece.ts';
import type { Warden } from './warden.ts';

/** A member of an array, and what it says of it. */
interface Leg {
  readonly piece: Piece;
  readonly device: string;
  readonly says: MdMember;
}

/** Arrays that were put together, and what has become of each member. */
export interface Arrays {
  readonly opened: readonly Opened[];
  readonly fates: ReadonlyMap<Piece, Fate>;
}

/**
 * Puts RAIDs together from their members. One that lacks members runs all the same if it can: from what is there.
 * @throws RescueError tool-missing
 */
export const openArrays = async (warden: Warden, pieces: readonly Piece[], mode: Mode): Promise<Arrays> => {
  const fates = new Map<Piece, Fate>();
  const legs: Leg[] = [];
  for (const piece of pieces) {
    const device = await attach(warden, piece, mode);
    const says = parseMdExamine((await run('mdadm', ['--examine', '--export', device], { okCodes: [1] })).stdout);
    if (says) legs.push({ piece, device, says });
    else fates.set(piece, { unopened: new RescueError('raid-member', { selector: piece.selector, type: piece.type }) });
  }
  const opened: Opened[] = [];
  for (const [, members] of Map.groupBy(legs, ({ says }) => says.uuid)) {
    try {
      const array = await assembleArray(warden, members, mode);
      opened.push(array);
      for (const { piece } of members) fates.set(piece, { partOf: array.name });
    } catch (error) {
      if (!isRescueError(error)) throw error;
      for (const { piece } of members) fates.set(piece, { unopened: error });
    }
  }
  return { opened, fates };
};

const assembleArray = async (warden: Warden, legs: readonly Leg[], mode: Mode): Promise<Opened> => {
  const [{ says }] = legs as readonly [Leg];
  const number = freeNumber(says.name);
  const device = `md${number}`;
  const path = `/dev/${device}`;
  await warden.before(`[ ! -e /sys/block/${device} ] || mdadm --stop ${path}`);
  const options = ['--config=none', '--run', ...(mode === 'look' ? ['--readonly'] : [])];
  try {
    await run('mdadm', ['--assemble', ...options, path, ...legs.map((leg) => leg.device)]);
  } catch (error) {
    // What it began is left standing, inactive.
    if (existsSync(`/sys/block/${device}`)) await run('mdadm', ['--stop', path]).catch(() => {});
    if (!isRescueError(error) || error.code !== 'tool-failed' || legs.length >= says.devices) throw error;
    const details = { name: nameOf(says, number), present: legs.length, devices: says.devices };
    throw new RescueError('raid-incomplete', details, { cause: error });
  }
  const read = async (file: string) => Number(decodeBytes(await readFile(`/sys/block/${device}/${file}`)));
  const [sectors, missing] = await Promise.all([read('size'), read('md/degraded').catch(() => 0)]);
  const sizeBytes = sectors * 512;
  const name = nameOf(says, number);
  const pieces = legs.map(({ piece }) => piece);
  return {
    ...{ name, path, kind: says.level, identity: says.uuid, sizeBytes, pieces },
    ...(missing > 0 && { degraded: { present: says.devices - missing, devices: says.devices } }),
    parts: [{ path, selector: name, sizeBytes, mayHoldPartitions: true }],
  };
};

/** The number that its own system gives it, where nobody has it here; else the highest that is free, as mdadm does it. */
const freeNumber = (name: string | undefined): number => {
  const isFree = (number: number) => !existsSync(`/sys/block/md${number}`);
  const own = /^\d{1,3}$/.test(name ?? '') ? Number(name) : undefined;
  if (own !== undefined && isFree(own)) return own;
  let number = 127;
  while (!isFree(number)) number -= 1;
  return number;
};

const nameOf = ({ name }: MdMember, number: number): string =>
  name === undefined || /^\d+$/.test(name) ? `md${number}` : `md/${name}`;
