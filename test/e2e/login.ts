import type { Machine } from '../support/machine.ts';

/** Plain emulation on a busy machine. */
const patienceMs = 240_000;

/** Waits until a machine that started by itself asks who is there. */
export async function reachLogin(machine: Machine): Promise<void> {
  await machine.waitFor(/\blogin: /, patienceMs);
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
    await reachLogin(machine);
    return undefined;
  }
  machine.type('id\r');
  return machine.waitFor(/uid=\d.*/, patienceMs);
}
