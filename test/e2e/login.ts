import type { DebianDisk } from '../support/debian-disk.ts';
import { Machine } from '../support/machine.ts';
import type { MachineRecord } from '../support/machine-record.ts';

/** Plain emulation on a busy machine. */
const patienceMs = 240_000;

const prompt = /\blogin: /;

/** A PC with a Debian disk and nothing else. */
export function alone({ path }: DebianDisk): MachineRecord {
  const disks = [{ path, bus: 'virtio' }] as const;
  return { model: 'pc', firmware: 'bios', memoryMebibytes: 1024, hasScreen: false, disks };
}

/** Starts it, and waits until it asks who is there. */
export async function startAlone(debian: DebianDisk): Promise<Machine> {
  const machine = await Machine.start(alone(debian));
  try {
    await machine.waitFor(prompt, patienceMs);
    return machine;
  } catch (error) {
    await machine[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Logs in as a person does on a console that asks for it.
 * @returns the system's own words: what `id` says of the one who is logged in; undefined for "Login incorrect", after
 * which the console asks anew
 */
export async function logIn(machine: Machine, user: string, password: string): Promise<string | undefined> {
  machine.type(`${user}\r`);
  await machine.waitFor(/Password: /, patienceMs);
  machine.type(`${password}\r`);
  const answer = await machine.waitFor(/Login incorrect|[$#] /, patienceMs);
  if (answer === 'Login incorrect') {
    await machine.waitFor(prompt, patienceMs);
    return undefined;
  }
  machine.type('id\r');
  return machine.waitFor(/uid=\d.*/, patienceMs);
}
