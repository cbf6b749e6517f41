import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from '../support/machine.ts';

/** Plain emulation on a busy machine: everything may take its time, but not for ever. */
const patienceMs = 240_000;

const keys = { enter: '\r', down: '\x1b[B', end: '\x1b[F', interrupt: '\x03' } as const;

/**
 * The rescue as a person does it over the serial console: from the first screen to the new password for the second
 * account of a Home Assistant disk, and on to power-off.
 */
export async function rescueBob(machine: Machine, hasScreen: boolean, password: string): Promise<void> {
  if (hasScreen) {
    // Sparekey sits on the screen; whoever presses Enter here takes it over.
    await machine.waitFor(/Press Enter to use it here/, patienceMs);
    machine.type(keys.enter);
  }
  await machine.waitFor(/Choose what you want to get into/, patienceMs);
  await machine.waitFor(/> \S+8 .*Home Assistant OS/, patienceMs);
  await press(machine, keys.enter, /> Reset a password/);
  await press(machine, keys.enter, /Who is locked out\?/);
  await press(machine, `${keys.down}${keys.enter}`, /A new password for “Bob”/);
  machine.type(password);
  await press(machine, keys.enter, /> The same once more/);
  machine.type(password);
  await press(machine, keys.enter, /> Set the new password </);
  // The plan takes Enter only when it was there for a moment.
  await sleep(3000);
  await press(machine, keys.enter, /log in as Bob/);
  await powerOff(machine);
}

/** Leaves through the front door, and waits for the system's own word that all is written. */
export async function powerOff(machine: Machine): Promise<void> {
  await press(machine, keys.interrupt, /Power off/);
  await sleep(1000);
  machine.type(`${keys.end}${keys.enter}`);
  await machine.waitFor(/Sparekey: done\. Everything is written and unmounted/, patienceMs);
}

async function press(machine: Machine, text: string, next: RegExp): Promise<void> {
  // What arrives while a screen is being drawn belongs to the screen before.
  await sleep(1000);
  machine.type(text);
  await machine.waitFor(next, patienceMs);
}
