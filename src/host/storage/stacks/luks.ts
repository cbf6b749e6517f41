import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { decodeBytes } from '../../../formats/bytes.ts';
import { RescueError } from '../../../model/errors.ts';
import { run } from '../../process/commands.ts';
import { mappedDevice } from '../snapshots.ts';
import { attach, type Mode } from './legs.ts';
import type { KeyFor, Opened, Piece } from './piece.ts';
import type { Warden } from './warden.ts';

/** No key slot takes it (cryptsetup(8), EXIT CODES). */
const wrongKey = 2;

/** A slot may ask for a gigabyte of memory and a second on a fast machine; on a slow one it takes its time. */
const timeoutMs = 300_000;

/**
 * Opens an encrypted volume with the first key that fits.
 * @throws RescueError locked where none does, tool-missing, tool-failed
 */
export const openLuks = async (
  warden: Warden,
  piece: Piece,
  allKeys: readonly KeyFor[],
  mode: Mode,
): Promise<Opened> => {
  const { selector } = piece;
  const keys = allKeys.filter(({ isMeant }) => isMeant(piece.names));
  if (keys.length === 0) throw new RescueError('locked', { selector, tried: 0 });
  const device = await attach(warden, piece, mode);
  const uuid = decodeBytes((await run('cryptsetup', ['luksUUID', device])).stdout).trim();
  const name = `sparekey-${uuid.replace(/[^0-9a-f-]/g, '')}`;
  await warden.before(`dmsetup info ${name} || exit 0; cryptsetup close ${name}`);
  const how = ['--type', 'luks', '--key-file', '-', ...(mode === 'look' ? ['--readonly'] : [])];
  for (const { key } of keys) {
    const options = { input: key.bytes(), okCodes: [wrongKey], timeoutMs };
    if ((await run('cryptsetup', ['open', ...how, device, name], options)).exitCode === wrongKey) continue;
    const path = `/dev/mapper/${name}`;
    const kernelName = basename(await mappedDevice(name));
    const sizeBytes = Number(decodeBytes(await readFile(`/sys/block/${kernelName}/size`))) * 512;
    const called = `${selector}_crypt`;
    return {
      ...{ name: called, path, kind: 'crypt', identity: uuid, sizeBytes, pieces: [piece] },
      parts: [{ path, selector: called, sizeBytes, mayHoldPartitions: true }],
    };
  }
  throw new RescueError('locked', { selector, tried: keys.length });
};
