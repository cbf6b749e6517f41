import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createDebianDisk, type DebianDisk, forgotten, opensDebianUser } from '../support/debian-disk.ts';
import { createHaosDisk, type HaosDisk, opensHaosUser } from '../support/haos-disk.ts';
import { Machine } from '../support/machine.ts';
import type { MachineRecord } from '../support/machine-record.ts';
import { seededRandom } from '../support/random.ts';
import { run, withFolderAsync } from '../support/tools.ts';
import { canary, finish, haosJob, jobOf, machineWith, patienceMs, reportOf, start, step } from './job.ts';
import { Stick } from './stick.ts';

const cuts = 10;
const seed = 7;
/** Of what a start said that did not end well. */
const consoleKept = 4000;

/** A machine that is about to run a job of two steps, and can be put back to that moment. */
class Moment {
  readonly job = jobOf(`${step('LABEL=hassos-data', 'bob')}${step('LABEL=debian-root', 'alice')}`);
  readonly stick: Stick;
  readonly haos: HaosDisk;
  readonly debian: DebianDisk;
  readonly record: MachineRecord;
  readonly #kept: string;

  constructor(folder: string) {
    this.stick = new Stick(folder);
    this.stick.write('sparekey.yaml', this.job);
    this.haos = createHaosDisk(join(folder, 'haos.img'));
    this.debian = createDebianDisk(join(folder, 'debian.img'));
    this.record = machineWith(this.stick, [
      { path: this.haos.path, bus: 'sata' },
      { path: this.debian.path, bus: 'virtio' },
    ]);
    this.#kept = join(folder, 'kept');
    mkdirSync(this.#kept);
  }

  get #memory(): string {
    return join(this.#kept, 'memory');
  }

  #copyDisks(from: (name: string) => string, to: string): void {
    const names = this.record.disks.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
    run('cp', ['--sparse=always', '--reflink=auto', ...names.map(from), to]);
  }

  /** Starts the machine, the first time by switching it on and stopping it in the last seconds of the countdown. */
  async reach(): Promise<Machine> {
    const folder = join(this.#kept, '..');
    if (!existsSync(this.#memory)) {
      await using machine = await Machine.start(this.record);
      await machine.waitFor(/starts in 3 s/, patienceMs);
      await machine.freeze(this.#memory);
      this.#copyDisks((name) => join(folder, name), this.#kept);
    }
    this.#copyDisks((name) => join(this.#kept, name), folder);
    const machine = await Machine.goOn(this.record, this.#memory);
    await machine.waitFor(/Running/, patienceMs);
    return machine;
  }

  /** The old password or the new one, and never neither. */
  expectOldOrNew(): void {
    const opens = (isOpen: boolean[]) => expect(isOpen.filter(Boolean)).toHaveLength(1);
    opens([canary, 'forgotten-by-bob'].map((password) => opensHaosUser(this.haos, 'Bob', password)));
    opens([canary, forgotten.alice].map((password) => opensDebianUser(this.debian, 'alice', password)));
  }

  expectDone(): void {
    expect(this.stick.read('sparekey.yaml')).toBeUndefined();
    expect(this.stick.read('sparekey.done.yaml')?.toString()).not.toContain(canary);
    expect(opensHaosUser(this.haos, 'Bob', canary)).toBe(true);
    expect(opensDebianUser(this.debian, 'alice', canary)).toBe(true);
  }
}

/** When all is written, and the machine says so before it is switched off. */
const isOver = /Sparekey: done —/;

/** How long the run takes when nothing comes in between. */
const timeUndisturbed = async (moment: Moment): Promise<number> => {
  await using machine = await moment.reach();
  const begun = performance.now();
  await machine.waitFor(isOver, patienceMs);
  const tookMs = Math.round(performance.now() - begun);
  await finish(machine);
  moment.expectDone();
  return tookMs;
};

/**
 * Cuts the power of a machine in the middle of its run, and lets the next start end what was begun.
 * @returns what the machine had said last; undefined where the run was over by then
 */
const cutAndStartAgain = async (moment: Moment, delayMs: number): Promise<string | undefined> => {
  let said = '';
  {
    await using machine = await moment.reach();
    await sleep(delayMs);
    said = machine.console;
  }
  if (isOver.test(said)) return undefined;
  const reached = `${said.trim().split('\n').at(-1)}`;
  const left = moment.stick.read('sparekey.yaml')?.toString();
  const isStruckOut = left?.startsWith('version: 0') === true;
  expect(left === undefined || left === moment.job || isStruckOut, `at "${reached}": ${left}`).toBe(true);
  moment.expectOldOrNew();
  let saidThen = 'nothing';
  if (left !== undefined) {
    await using machine = await Machine.start(moment.record);
    if (left === moment.job) await finish(machine);
    else await machine.waitFor(/Choose what you want to get into/, patienceMs);
    saidThen = machine.console.slice(-consoleKept);
  }
  expect(reportOf(moment.stick)?.status, `after the cut at "${reached}" the next start said ${saidThen}`).toBe('done');
  moment.expectDone();
  return reached;
};

describe('power cut', () => {
  test('while room for the reports was made: the next start mends the stick and runs the job', async () => {
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      stick.write('sparekey.yaml', haosJob);
      for (const name of ['sparekey-report.txt.new', 'sparekey-report.json.new']) {
        stick.write(name, Buffer.alloc(128 * 1024));
        stick.cutOff(name);
      }
      expect(stick.complaints()).toMatch(/Contains a free cluster[\s\S]*Dirty bit is set/);
      const haos = createHaosDisk(join(folder, 'haos.img'));
      await using machine = await start(stick, [{ path: haos.path, bus: 'sata' }]);
      await finish(machine);
      expect(reportOf(stick).status).toBe('done');
      expect(opensHaosUser(haos, 'Bob', canary)).toBe(true);
      expect(stick.read('sparekey.yaml')).toBeUndefined();
      expect(stick.complaints()).not.toMatch(/free cluster|Dirty bit/);
    });
  });

  test('while files were recovered: the next start mends their partition too', async () => {
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      stick.addUncleanRecovered();
      expect(stick.isRecoveredUnclean).toBe(true);
      stick.write('sparekey.yaml', jobOf('  - recover: { on: LABEL=hassos-data, paths: [/supervisor], to: stick }\n'));
      const haos = createHaosDisk(join(folder, 'haos.img'));
      await using machine = await start(stick, [{ path: haos.path, bus: 'sata' }]);
      await finish(machine);
      expect(reportOf(stick).status).toBe('done');
      expect(stick.isRecoveredUnclean).toBe(false);
      expect(stick.recoveredComplaints()).toMatch(/clean/);
    });
  });

  test(
    `at ${cuts} random moments: the job is whole or done, every file old or new, and the next start ends it`,
    async () => {
      await withFolderAsync(async (folder) => {
        const moment = new Moment(folder);
        const random = seededRandom(seed);
        let wholeMs = await timeUndisturbed(moment);
        console.log(`Seed ${seed}; a run takes ${wholeMs} ms.`);
        for (let cut = 1; cut <= cuts; ) {
          const delayMs = random.below(wholeMs);
          const begun = performance.now();
          const reached = await cutAndStartAgain(moment, delayMs);
          const seconds = Math.round((performance.now() - begun) / 1000);
          // A machine that has less to do by now is quicker: that was no cut.
          if (reached === undefined) wholeMs = delayMs;
          else console.log(`${cut++}: cut after ${delayMs} ms, at "${reached}"; all is done ${seconds} s later`);
        }
      });
    },
    60 * 60_000,
  );
});
