import { createHash } from 'node:crypto';
import { closeSync, copyFileSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { listBackups } from '../../src/engine/recovery/backups.ts';
import { recover } from '../../src/engine/recovery/recover.ts';
import { scan } from '../../src/engine/scan.ts';
import { createRecovery } from '../../src/host/recovery/recovery.ts';
import { createStorage } from '../../src/host/storage/storage.ts';
import { isRescueError } from '../../src/model/errors.ts';
import { contextOn } from './context.ts';
import { poke } from './disk-image.ts';
import { seededRandom } from './random.ts';

/**
 * flipped-disk.ts IMAGE FOLDER FIRST LAST FLIPS END: for each seed flips that many bits in front of
 * END in a copy of the image, then scans it, lists its backups and copies everything out, all in one process, so that
 * what one leaves behind meets the next. Prints a line of JSON for each seed and, last, its peak memory in kilobytes.
 */
const [image = '', folder = '', first = '', last = '', flips = '', end = ''] = process.argv.slice(2);

/** Read once, since the memory that is measured should be the program's own. */
const sound = readFileSync(image);
const scratch = Buffer.alloc(sound.length);

const flip = (path: string, seed: number): void => {
  const { below } = seededRandom(seed);
  for (let count = 0; count < Number(flips); count++) {
    const at = 1024 + below(Number(end) - 1024);
    poke(path, at, Uint8Array.of((sound[at] ?? 0) ^ (1 << below(8))));
  }
};

const sha256 = (path: string): string => {
  const file = openSync(path, 'r');
  readSync(file, scratch);
  closeSync(file);
  return createHash('sha256').update(scratch).digest('hex');
};

/** What came of it, in a word. Whatever is no refusal of ours is a fault, and ends the process. */
const attempt = async (action: () => Promise<string>): Promise<string> => {
  try {
    return await action();
  } catch (error) {
    if (isRescueError(error)) return error.code;
    throw error;
  }
};

const meet = async (seed: number): Promise<void> => {
  const flipped = join(folder, 'flipped.img');
  const to = join(folder, 'copy');
  copyFileSync(image, flipped);
  flip(flipped, seed);
  const before = sha256(flipped);
  await using storage = createStorage();
  await using recovery = createRecovery();
  const context = contextOn(storage, { randomBytes: (count) => new Uint8Array(count) });
  const sources = [await storage.identify(flipped)];
  const looked = await attempt(async () => {
    const found = await scan(context, sources);
    const systems = found.systems.map(({ id }) => id).join() || 'nothing';
    return `${systems} ${await attempt(async () => String((await listBackups(recovery, found)).backups.length))}`;
  });
  const copied = await attempt(async () => {
    const request = { sources, on: undefined, paths: ['/'], to, keepsOwners: false, proves: false };
    return String((await recover(context, recovery, request, () => {})).summary.files);
  });
  console.log(JSON.stringify({ seed, looked, copied, isUntouched: sha256(flipped) === before }));
  rmSync(to, { recursive: true, force: true });
};

/** Bundled, a program has no await outside of functions. */
const meetAll = async (): Promise<void> => {
  for (let seed = Number(first); seed <= Number(last); seed++) await meet(seed);
  console.log(JSON.stringify({ peakKilobytes: process.resourceUsage().maxRSS }));
};

void meetAll();
