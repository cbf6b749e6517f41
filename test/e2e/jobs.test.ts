import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createBootableDebian } from '../support/bootable-debian.ts';
import { forgotten, opensDebianUser } from '../support/debian-disk.ts';
import { createHaosDisk, type HaosDisk, opensHaosUser, providerPath } from '../support/haos-disk.ts';
import { run, withFolderAsync } from '../support/tools.ts';
import { canary, finish, haosJob, jobOf, patienceMs, reportOf, start, step } from './job.ts';
import { logIn, startAlone } from './login.ts';
import { Stick } from './stick.ts';

/** A job that somebody planted: on a volume that is labelled as ours, and has the same name. */
const plant = (disk: HaosDisk): void => {
  const partition = `${disk.path}@@1M`;
  run('mlabel', ['-i', partition, '::SPARE-BOOT']);
  const planted = jobOf(step('LABEL=hassos-data', 'alice', 'password: "planted-by-a-stranger"'));
  run('mcopy', ['-o', '-i', partition, '-', '::sparekey.yaml'], planted);
};

const readOf = ({ path, data }: HaosDisk, file: string): string =>
  run('debugfs', ['-R', `cat ${file}`, `${path}?offset=${data.offsetBytes}`]);

describe('a job on the stick', () => {
  test('gets two people back in, powers off, and leaves its report; Debian lets her in; a planted job is ignored', async () => {
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      const haos = createHaosDisk(join(folder, 'haos.img'));
      const debian = createBootableDebian(join(folder, 'debian.img'));
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
      const powerOn = performance.now();
      await machine.waitFor(/« try » commence dans 10 s/, patienceMs);
      await finish(machine);
      console.log(`From power-on to power-off: ${Math.round((performance.now() - powerOn) / 1000)} s`);

      const report = reportOf(stick);
      expect(report).toMatchObject({ status: 'done', steps: [{ status: 'done' }, { recovered: {} }, {}] });
      expect(report.steps[1].recovered.files).toBeGreaterThan(3);
      // Whatever its file system: small files lie there in one piece.
      expect(stick.recovered().includes(readOf(haos, providerPath))).toBe(true);
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

      await using her = await startAlone(debian);
      expect(await logIn(her, 'alice', forgotten.alice)).toBeUndefined();
      expect(await logIn(her, 'alice', made)).toMatch(/^uid=1000\(alice\)/);
    });
  });

  test('a stick that loses its grip for a moment is waited for', async () => {
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      stick.write('sparekey.yaml', haosJob);
      const haos = createHaosDisk(join(folder, 'haos.img'));
      await using machine = await start(stick, [{ path: haos.path, bus: 'sata' }]);
      await machine.waitFor(/starts in 3 s/, patienceMs);
      await machine.pull('device-disk0');
      await machine.waitFor(/Running/, patienceMs);
      await machine.plug('again', stick.path);
      await finish(machine);
      expect(reportOf(stick).status).toBe('done');
      expect(opensHaosUser(haos, 'Bob', canary)).toBe(true);
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

describe('one card slot', () => {
  const swapJob = jobOf(step('LABEL=hassos-data', 'bob'), 'swap: true\nwait: 90\n');

  test('the cards are exchanged, and back', async () => {
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      const haos = createHaosDisk(join(folder, 'haos.img'));
      stick.write('sparekey.yaml', swapJob);
      await using machine = await start(stick, []);
      await machine.waitFor(/Take the rescue card out now/, patienceMs);
      await machine.pull('device-disk0');
      await sleep(2000);
      await machine.plug('patient', haos.path);
      await machine.waitFor(/Now put the rescue card back/, patienceMs);
      await machine.pull('device-patient');
      await sleep(2000);
      await machine.plug('again', stick.path);
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
      await machine.pull('device-disk0');
      await sleep(2000);
      await machine.plug('patient', haos.path);
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
