import { expect } from 'vitest';
import { Machine } from '../support/machine.ts';
import type { Disk, MachineRecord } from '../support/machine-record.ts';
import type { Stick } from './stick.ts';

/** What the tests of jobs share: job files, and a machine that runs them without anybody's help. */

/** Plain emulation on a busy machine. */
export const patienceMs = 600_000;
/** The password of every job, searched for wherever it must not be. */
export const canary = 'Kanarienvogel im Schacht 7';

export const step = (on: string, user: string, password = `password: "${canary}"`) =>
  `  - reset-password: { on: ${on}, user: ${user}, ${password} }\n`;
export const jobOf = (steps: string, more = '') => `version: 1\nname: try\n${more}steps:\n${steps}`;
export const haosJob = jobOf(step('LABEL=hassos-data', 'bob'));

export const machineWith = (stick: Stick, patients: readonly Disk[], isReadOnly = false): MachineRecord => ({
  model: 'q35',
  firmware: 'bios',
  memoryMebibytes: 768,
  hasScreen: false,
  disks: [{ path: stick.path, bus: 'usb', isReadOnly }, ...patients],
});

export const start = (stick: Stick, patients: readonly Disk[], isReadOnly = false): Promise<Machine> =>
  Machine.start(machineWith(stick, patients, isReadOnly));

export const reportOf = (stick: Stick) => JSON.parse(stick.read('sparekey-report.json')?.toString() ?? 'null');

/** Waits for the run to end, then for an orderly power-off if `then` asks for one. */
export const finish = async (machine: Machine): Promise<void> => {
  await machine.waitFor(/Sparekey: done\. Everything is written and unmounted/, patienceMs);
  expect(await machine.end(60_000)).toBe(0);
};
