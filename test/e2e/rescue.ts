import type { Machine } from '../support/machine.ts';
import { type ConsoleKey, type Look, rescuerAt } from '../support/rescuer.ts';

/** Plain emulation on a busy machine: everything may take its time, but not for ever. */
const patienceMs = 600_000;

/** What the keys of a VT220 send. */
const sequences: Readonly<Record<ConsoleKey, string>> = {
  Up: '\x1b[A',
  Down: '\x1b[B',
  Right: '\x1b[C',
  Left: '\x1b[D',
  Home: '\x1b[H',
  End: '\x1b[F',
  Enter: '\r',
  Escape: '\x1b',
  'C-c': '\x03',
};

const rescuerOn = (machine: Machine) =>
  rescuerAt({
    lines: () => machine.screen,
    press: (key) => machine.type(sequences[key]),
    type: (text) => machine.type(text),
    until: (isSeen, what) => machine.until(isSeen, patienceMs, what),
  });

const firstScreen = /Choose what you want to get into/;

export interface Reset {
  /** How the row of the system on the first screen reads. */
  readonly system: RegExp;
  readonly user: string;
  readonly password: string;
}

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
  await resetPassword(machine, { system: /hassos-data .*Home Assistant OS/, user: 'Bob', password });
  for (const row of damaged) await readFinding(machine, row);
  await powerOff(machine);
}

/** Opens a volume that could not be examined to its end, reads that it says so, and goes back to the first screen. */
async function readFinding(machine: Machine, row: RegExp): Promise<void> {
  const rescuer = rescuerOn(machine);
  await rescuer.enter(row, /could not be examined to its end/);
  await rescuer.pressed('Escape', firstScreen);
}

/** Waits until Sparekey is there and can be used on this console. */
export async function reachFirstScreen(machine: Machine, hasScreen: boolean): Promise<void> {
  if (hasScreen) {
    // Sparekey sits on the screen; whoever presses Enter here takes it over.
    await machine.waitFor(/Press Enter to use it here/, patienceMs);
    machine.type(sequences.Enter);
  }
  await rescuerOn(machine).sees(firstScreen);
}

/** From the first screen to the new password, and back to the first screen. */
export async function resetPassword(machine: Machine, reset: Reset, look?: Look): Promise<void> {
  const { system, user, password } = reset;
  const rescuer = rescuerOn(machine);
  await rescuer.volume(system).planReset(user, password, look);
  await rescuer.pressed('Enter', new RegExp(`log in as ${user}\\b`, 'i'));
  look?.('Done, and checked on a fresh look at the disk');
  await rescuer.enter(/Back to the first screen/, firstScreen);
}

/** Leaves through the front door, and waits for the system's own word that all is written. */
export async function powerOff(machine: Machine): Promise<void> {
  const rescuer = rescuerOn(machine);
  await rescuer.pressed('C-c', /Power off/);
  await rescuer.choose(/Power off/);
  machine.type(sequences.Enter);
  await machine.waitFor(/Sparekey: done\. Everything is written and unmounted/, patienceMs);
}
