import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from '../support/machine.ts';

/** Plain emulation on a busy machine: everything may take its time, but not for ever. */
const patienceMs = 240_000;

const keys = { enter: '\r', escape: '\x1b', down: '\x1b[B', home: '\x1b[H', end: '\x1b[F', interrupt: '\x03' } as const;

export interface Reset {
  /** How the row of the system on the first screen reads. */
  readonly system: RegExp;
  readonly user: string;
  readonly password: string;
}

/** Called wherever a person would stop and read. */
export type Look = (caption: string) => void;

/**
 * The rescue as a person does it over the serial console: from the first screen to the new password for the second
 * account of a Home Assistant disk, and on to power-off. `damaged`: the rows of volumes that are looked into before.
 */
export async function rescueBob(
  machine: Machine,
  hasScreen: boolean,
  password: string,
  damaged: readonly RegExp[] = [],
): Promise<void> {
  await reachFirstScreen(machine, hasScreen);
  await resetPassword(machine, { system: /Home Assistant OS .*data/, user: 'Bob', password });
  for (const row of damaged) await readFinding(machine, row);
  await powerOff(machine);
}

/** Opens a volume that could not be examined to its end, reads that it says so, and goes back to the first screen. */
async function readFinding(machine: Machine, row: RegExp): Promise<void> {
  await moveTo(machine, row);
  await press(machine, keys.enter, /could not be\s+examined\s+to\s+its\s+end/);
  await press(machine, keys.escape, /Choose what you want to get into/);
}

/** Waits until Sparekey is there and can be used on this console. */
export async function reachFirstScreen(machine: Machine, hasScreen: boolean): Promise<void> {
  if (hasScreen) {
    // Sparekey sits on the screen; whoever presses Enter here takes it over.
    await machine.waitFor(/Press Enter to use it here/, patienceMs);
    machine.type(keys.enter);
  }
  await machine.shows(/Choose what you want to get into/, patienceMs);
}

/** From the first screen to the new password, and back to the first screen. */
export async function resetPassword(machine: Machine, reset: Reset, look?: Look): Promise<void> {
  const { system, user, password } = reset;
  const read = async (caption: string) => {
    // A serial line takes its time for a whole screen.
    await sleep(1000);
    look?.(caption);
  };
  await moveTo(machine, system);
  await read('The disks of this machine, and what is on them');
  await press(machine, keys.enter, /> Reset a password/);
  await press(machine, keys.enter, /Who is locked out\?/);
  await moveTo(machine, new RegExp(`${user} `));
  await read('Who can log in there');
  await press(machine, keys.enter, new RegExp(`A new password for “${user}”`));
  machine.type(password);
  await press(machine, keys.enter, /> The same once more/);
  machine.type(password);
  await press(machine, keys.enter, /> Set the new password </);
  await read('The plan; nothing has been written yet');
  // The plan takes Enter only when it was there for a moment.
  await sleep(3000);
  await press(machine, keys.enter, new RegExp(`log in as ${user}\\b`, 'i'));
  await read('Done, and checked on a fresh look at the disk');
  await moveTo(machine, /Back to the first screen/);
  await press(machine, keys.enter, /Choose what you want to get into/);
}

/** Leaves through the front door, and waits for the system's own word that all is written. */
export async function powerOff(machine: Machine): Promise<void> {
  await press(machine, keys.interrupt, /Power off/);
  await sleep(1000);
  machine.type(`${keys.end}${keys.enter}`);
  await machine.waitFor(/Sparekey: done\. Everything is written and unmounted/, patienceMs);
}

/**
 * Presses the arrow key until the chosen row or button is this one; it may be out of sight, or not there yet: from the
 * last row on it begins again at the first.
 */
async function moveTo(machine: Machine, row: RegExp): Promise<void> {
  const chosen = new RegExp(`> [^<>]*${row.source}`);
  const deadline = Date.now() + patienceMs;
  let before: string | undefined;
  while (Date.now() < deadline) {
    // What arrives while a screen is being drawn belongs to the screen before.
    await sleep(1000);
    if (machine.screen.some((line) => chosen.test(line))) return;
    const now = machine.screen.find((line) => /> /.test(line));
    machine.type(now === before ? keys.home : keys.down);
    before = now;
  }
  throw new Error(`No row ${row} could be chosen:\n${machine.screen.join('\n')}`);
}

async function press(machine: Machine, text: string, next: RegExp): Promise<void> {
  await sleep(1000);
  machine.type(text);
  await machine.shows(next, patienceMs);
}
