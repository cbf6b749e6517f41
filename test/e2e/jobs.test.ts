import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createDebianDisk, type DebianDisk, forgotten, opensDebianUser } from '../support/debian-disk.ts';
import { sha256 } from '../support/disk-image.ts';
import { createHaosDisk, type HaosDisk, opensHaosUser, providerPath } from '../support/haos-disk.ts';
import { type Disk, Machine } from '../support/machine.ts';
import { seededRandom } from '../support/random.ts';
import { run, withFolderAsync } from '../support/tools.ts';
import { Stick } from './stick.ts';

/** Plain emulation on a busy machine. */
const patienceMs = 240_000;
const canary = 'Kanarienvogel im Schacht 7';
const step = (on: string, user: string, password = `password: "${canary}"`) =>
  `  - reset-password: { on: ${on}, user: ${user}, ${password} }\n`;
const jobOf = (steps: string, more = '') => `version: 1\nname: try\n${more}steps:\n${steps}`;
const haosJob = jobOf(step('LABEL=hassos-data', 'bob'));

const start = (stick: Stick, patients: readonly Disk[], isReadOnly = false): Promise<Machine> =>
  Machine.start({
    model: 'q35',
    firmware: 'bios',
    memoryMebibytes: 768,
    hasScreen: false,
    disks: [{ path: stick.path, bus: 'usb', isReadOnly }, ...patients],
  });

const reportOf = (stick: Stick) => JSON.parse(stick.read('sparekey-report.json')?.toString() ?? 'null');

/** Waits for the run to end, then for an orderly power-off if `then` asks for one. */
const finish = async (machine: Machine): Promise<void> => {
  await machine.waitFor(/Sparekey: done\. Everything is written and unmounted/, patienceMs);
  expect(await machine.end(60_000)).toBe(0);
};

/** A job that somebody planted: on a volume that is labelled as ours, and has the same name. */
const plant = (disk: HaosDisk): void => {
  const partition = `${disk.path}@@1M`;
  run('mlabel', ['-i', partition, '::SPARE-BOOT']);
  const planted = jobOf(step('LABEL=hassos-data', 'alice', 'password: "planted-by-a-stranger"'));
  run('mcopy', ['-o', '-i', partition, '-', '::sparekey.yaml'], planted);
};

/** What stands on the stick's second partition, whatever its file system: small files lie there in one piece. */
const recoveredOn = (stick: Stick): Buffer => {
  const [, second] = JSON.parse(run('sfdisk', ['--json', stick.path])).partitiontable.partitions;
  return readFileSync(stick.path).subarray(second.start * 512);
};

const readOf = ({ path, data }: HaosDisk, file: string): string =>
  run('debugfs', ['-R', `cat ${file}`, `${path}?offset=${data.offsetBytes}`]);

describe('a job on the stick', () => {
  test('gets two people back in, powers off, and leaves its report; a planted job is ignored', async () => {
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      const haos = createHaosDisk(join(folder, 'haos.img'));
      const debian = createDebianDisk(join(folder, 'debian.img'));
      plant(haos);
      const recover =
        '  - recover: { on: LABEL=hassos-data, paths: [/supervisor/homeassistant/.storage], to: stick }\n';
      const steps = `${step('LABEL=hassos-data', 'bob')}${recover}${step('LABEL=debian-root', 'alice', 'generate: true')}`;
      const job = jobOf(steps, 'language: fr\n');
      stick.write('sparekey.yaml', `\ufeff${job.replaceAll('\n', '\r\n')}`);
      await using machine = await start(stick, [
        { path: haos.path, bus: 'sata' },
        { path: debian.path, bus: 'virtio' },
      ]);
      await machine.waitFor(/« try » commence dans 10 s/, patienceMs);
      await finish(machine);

      const report = reportOf(stick);
      expect(report).toMatchObject({ status: 'done', steps: [{ status: 'done' }, { recovered: {} }, {}] });
      expect(report.steps[1].recovered.files).toBeGreaterThan(3);
      expect(recoveredOn(stick).includes(readOf(haos, providerPath))).toBe(true);
      const text = stick.read('sparekey-report.txt')?.toString() ?? '';
      expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
      expect(text).toContain('NOUVEAU MOT DE PASSE de « alice »');
      const [, made = ''] = /NOUVEAU MOT DE PASSE de « alice » : +(\S+)/.exec(text) ?? [];
      expect(opensHaosUser(haos, 'Bob', canary)).toBe(true);
      expect(opensDebianUser(debian, 'alice', made)).toBe(true);
      expect(opensHaosUser(haos, 'alice', 'forgotten-by-alice')).toBe(true);
      expect(stick.read('sparekey.yaml')).toBeUndefined();
      expect(stick.read('sparekey.done.yaml')?.toString()).toContain('*'.repeat(canary.length));
      expect(run('sh', ['-c', 'grep -caF "$1" "$2" || true', 'sh', canary, stick.path]).trim()).toBe('0');
      expect(machine.console).not.toContain(canary);
      expect(machine.console).not.toContain(made);
      expect(stick.complaints()).not.toMatch(/Dirty bit|lost|orphan|differ/i);
      const secondsOf = (phase: string) => report.durations.find((each: { phase: string }) => each.phase === phase);
      for (const phase of ['start-up', 'countdown', 'looking', 'step']) expect(secondsOf(phase)).toBeDefined();
    });
  });

  test('a key leads to the text UI, and the job stays', async () => {
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      stick.write('sparekey.yaml', haosJob);
      const haos = createHaosDisk(join(folder, 'haos.img'));
      await using machine = await start(stick, [{ path: haos.path, bus: 'sata' }]);
      await machine.waitFor(/starts in 8 s/, patienceMs);
      machine.type(' ');
      await machine.waitFor(/Choose what you want to get into/, patienceMs);
      expect(machine.console).not.toContain('Running');
      expect(stick.read('sparekey.yaml')?.toString()).toBe(haosJob);
      expect(opensHaosUser(haos, 'Bob', 'forgotten-by-bob')).toBe(true);
    });
  });

  test('without one, the text UI comes at once', async () => {
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      await using machine = await start(stick, []);
      await machine.waitFor(/Choose what you want to get into|No disk/i, patienceMs);
      expect(machine.console).not.toMatch(/starts in/);
    });
  });
});

describe('a job that is refused changes nothing', () => {
  interface Case {
    readonly name: string;
    readonly job?: string | Uint8Array;
    readonly disks?: number;
    readonly prepare?: (stick: Stick) => void;
    readonly isReadOnly?: boolean;
    /** On the console; and in the report, unless that cannot be written. */
    readonly says: RegExp;
    readonly hasReport: boolean;
  }

  const cases: readonly Case[] = [
    {
      name: 'two disks that both match',
      disks: 2,
      says: /Several systems match.*haos@sd.8, haos@sd.8/,
      hasReport: true,
    },
    {
      name: 'an unknown key',
      job: haosJob.replace('user:', 'usr:'),
      says: /line 4, column 46: `usr`/,
      hasReport: true,
    },
    { name: 'a tab', job: haosJob.replace('  - ', '\t- '), says: /line 4, column 1: a tab/, hasReport: true },
    { name: '1 MB of junk', job: Buffer.alloc(1 << 20, 'junk \xff'), says: /too large/, hasReport: true },
    { name: 'a full stick', prepare: (stick) => stick.fill(40_000), says: /SPARE-BOOT is full/, hasReport: true },
    {
      name: 'a stick full to the brim',
      prepare: (stick) => stick.fill(0),
      says: /SPARE-BOOT is full/,
      hasReport: false,
    },
    { name: 'the lock switch', isReadOnly: true, says: /cannot be written \(look for a lock/, hasReport: false },
  ];

  test.each(cases)('$name', async ({ job = haosJob, disks = 1, prepare, isReadOnly, says, hasReport }) => {
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      stick.write('sparekey.yaml', job);
      prepare?.(stick);
      const patients = Array.from({ length: disks }, (_, index) => createHaosDisk(join(folder, `haos${index}.img`)));
      const before = patients.map(({ path }) => sha256(path));
      await using machine = await start(
        stick,
        patients.map(({ path }) => ({ path, bus: 'sata' })),
        isReadOnly,
      );
      await machine.waitFor(says, patienceMs);
      await machine.waitFor(/Sparekey: refused/, patienceMs);
      await machine.waitFor(/Press any key for the menu/, patienceMs);
      machine.type(' ');
      await machine.waitFor(/Choose what you want to get into/, patienceMs);
      expect(patients.map(({ path }) => sha256(path))).toEqual(before);
      expect(Buffer.compare(stick.read('sparekey.yaml') ?? Buffer.alloc(0), Buffer.from(job))).toBe(0);
      expect(reportOf(stick)?.status).toBe(hasReport ? 'refused' : undefined);
      if (hasReport) expect(stick.read('sparekey-report.txt')?.toString()).toMatch(says);
      // On a stick that is full the kernel's log has no room; the report has.
      if (hasReport && !prepare) expect(stick.read('sparekey-boot.log')?.length).toBeGreaterThan(1000);
    });
  });
});

describe('one card slot', () => {
  const swapJob = jobOf(step('LABEL=hassos-data', 'bob'), 'swap: true\nwait: 90\n');

  const pull = (machine: Machine, id: string) => machine.control('device_del', { id });
  const plug = async (machine: Machine, name: string, path: string) => {
    await machine.control('blockdev-add', {
      driver: 'raw',
      'node-name': name,
      file: { driver: 'file', filename: path },
    });
    await machine.control('device_add', { driver: 'usb-storage', drive: name, bus: 'usb.0', id: `device-${name}` });
  };

  test('the cards are exchanged, and back', async () => {
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      const haos = createHaosDisk(join(folder, 'haos.img'));
      stick.write('sparekey.yaml', swapJob);
      await using machine = await start(stick, []);
      await machine.waitFor(/Take the rescue card out now/, patienceMs);
      await pull(machine, 'device-disk0');
      await sleep(2000);
      await plug(machine, 'patient', haos.path);
      await machine.waitFor(/Now put the rescue card back/, patienceMs);
      await pull(machine, 'device-patient');
      await sleep(2000);
      await plug(machine, 'again', stick.path);
      await machine.waitFor(/Report: SPARE-BOOT/, patienceMs);
      await finish(machine);
      expect(reportOf(stick).status).toBe('done');
      expect(opensHaosUser(haos, 'Bob', canary)).toBe(true);
      expect(stick.read('sparekey.done.yaml')?.toString()).not.toContain(canary);
    });
  });

  test('a card that does not come back: the report is on the other one', async () => {
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      const haos = createHaosDisk(join(folder, 'haos.img'));
      stick.write('sparekey.yaml', swapJob.replace('wait: 90', 'wait: 45'));
      await using machine = await start(stick, []);
      await machine.waitFor(/Take the rescue card out now/, patienceMs);
      await pull(machine, 'device-disk0');
      await sleep(2000);
      await plug(machine, 'patient', haos.path);
      await machine.waitFor(/Report: \S+: \/\.sparekey\//, patienceMs);
      await finish(machine);
      const { offsetBytes } = haos.data;
      const read = (command: string) => run('debugfs', ['-R', command, `${haos.path}?offset=${offsetBytes}`]);
      const id = read('ls -p /.sparekey').match(/\d{8}-\d{6}-[0-9a-f]{4}/)?.[0];
      expect(read(`cat /.sparekey/${id}/sparekey-report.txt`)).toContain('Result: DONE');
      expect(opensHaosUser(haos, 'Bob', canary)).toBe(true);
    });
  });
});

describe('power cut', () => {
  const cuts = 10;

  /** The old password or the new one, and never neither. */
  const opensEither = (haos: HaosDisk, debian: DebianDisk): boolean =>
    (opensHaosUser(haos, 'Bob', canary) || opensHaosUser(haos, 'Bob', 'forgotten-by-bob')) &&
    (opensDebianUser(debian, 'alice', canary) || opensDebianUser(debian, 'alice', forgotten.alice));

  test(
    `at ${cuts} random moments: the job is whole or done, every file old or new, and the next start ends it`,
    async () => {
      await withFolderAsync(async (folder) => {
        const random = seededRandom(7);
        const job = jobOf(`${step('LABEL=hassos-data', 'bob')}${step('LABEL=debian-root', 'alice')}`);
        const moments: string[] = [];
        for (let cut = 0; cut < cuts; cut++) {
          const stick = new Stick(folder);
          stick.write('sparekey.yaml', job);
          const haos = createHaosDisk(join(folder, 'haos.img'));
          const debian = createDebianDisk(join(folder, 'debian.img'));
          const patients: readonly Disk[] = [
            { path: haos.path, bus: 'sata' },
            { path: debian.path, bus: 'virtio' },
          ];
          {
            await using machine = await start(stick, patients);
            await machine.waitFor(/Running/, patienceMs);
            const delayMs = random.below(14_000);
            await sleep(delayMs);
            moments.push(`${delayMs} ms: ${machine.console.trim().split('\n').at(-1)}`);
          }
          const left = stick.read('sparekey.yaml')?.toString();
          expect(left === undefined || left === job || left.startsWith('version: 0'), moments.join('\n')).toBe(true);
          expect(opensEither(haos, debian)).toBe(true);
          if (left !== undefined) {
            await using machine = await start(stick, patients);
            if (left === job) await finish(machine);
            else await machine.waitFor(/Choose what you want to get into/, patienceMs);
            expect(stick.read('sparekey.yaml')).toBeUndefined();
          }
          expect(stick.read('sparekey.done.yaml')?.toString()).not.toContain(canary);
          expect(opensHaosUser(haos, 'Bob', canary)).toBe(true);
          expect(opensDebianUser(debian, 'alice', canary)).toBe(true);
        }
        console.log(moments.join('\n'));
      });
    },
    60 * 60_000,
  );
});
