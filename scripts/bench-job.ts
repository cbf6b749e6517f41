import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stick } from '../test/e2e/stick.ts';
import { createHaosDisk, opensHaosUser } from '../test/support/haos-disk.ts';
import { Machine } from '../test/support/machine.ts';
import { median } from './bench/race.ts';
import { complain } from './image/command.ts';

/**
 * node scripts/bench-job.ts [ROUNDS]: how long a job of one step takes on an emulated PC with the image on a USB stick,
 * from power-on to the signal "done", its countdown included; and how long each phase took by its own report.
 */

const rounds = Number(process.argv[2] ?? 3);
const aimSeconds = 60;
const patienceMs = 300_000;
const password = 'correct horse 42';
const job = `version: 1\nsteps:\n  - reset-password: { on: LABEL=hassos-data, user: bob, password: "${password}" }\n`;

interface Outcome {
  readonly seconds: number;
  readonly phases: readonly { readonly phase: string; readonly seconds: number }[];
}

const runJob = async (folder: string): Promise<Outcome> => {
  const stick = new Stick(folder);
  stick.write('sparekey.yaml', job);
  const patient = createHaosDisk(join(folder, 'haos.img'));
  const disks = [
    { path: stick.path, bus: 'usb' },
    { path: patient.path, bus: 'sata' },
  ] as const;
  const powerOn = performance.now();
  await using machine = await Machine.start({
    model: 'q35',
    firmware: 'bios',
    memoryMebibytes: 1024,
    hasScreen: false,
    disks,
  });
  await machine.waitFor(/Sparekey: done —/, patienceMs);
  const seconds = (performance.now() - powerOn) / 1000;
  await machine.end(patienceMs);
  if (!opensHaosUser(patient, 'Bob', password)) throw new Error('the new password does not open Bob');
  const report = JSON.parse(stick.read('sparekey-report.json')?.toString() ?? '{}');
  return { seconds, phases: report.durations };
};

const main = async (): Promise<void> => {
  if (!existsSync('dist/sparekey.img')) throw new Error('dist/sparekey.img is not there yet: run "make image" first.');
  const outcomes: Outcome[] = [];
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'sparekey-bench-'));
    try {
      outcomes.push(await runJob(folder));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const times = outcomes.map(({ seconds }) => seconds);
  const middle = median(times);
  console.log('\nA job of one step, from power-on to done: PC with BIOS, USB stick, plain emulation');
  console.log(
    `  ${middle.toFixed(1)} s (${Math.min(...times).toFixed(1)} – ${Math.max(...times).toFixed(1)}), of which by its report:`,
  );
  const typical = outcomes.find(({ seconds }) => seconds === middle) ?? outcomes[0];
  for (const { phase, seconds } of typical?.phases ?? [])
    console.log(`    ${phase.padEnd(12)} ${seconds.toFixed(1)} s`);
  console.log(`  aim: under ${aimSeconds} s — ${middle < aimSeconds ? 'met' : 'MISSED'}`);
};

main().catch(complain('bench'));
