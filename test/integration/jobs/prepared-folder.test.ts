import { mkdirSync, mkdtempSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createExtImage } from '../../support/disk-image.ts';
import { createVictim, harmlessKinds, type Planted, plant, runOn } from '../../support/prepared-folder.ts';
import { scratchFolder } from '../../support/scratch.ts';

/** A job's folder that somebody prepared: reports, marks and recovered files stay in it. */

const at = scratchFolder('prepared-job');
const image = createExtImage(at('disk.img'), { label: 'data', files: { 'tree/file': 'to be copied' } });
const job = 'version: 1\nname: try\nsteps:\n  - recover: { on: LABEL=data, paths: [/tree], to: stick }\n';

const runJob = (path: string) => runOn(['run', path, '--disk', image]);

const createJob = (name: string): string => {
  mkdirSync(at(name));
  const path = join(at(name), 'sparekey.yaml');
  writeFileSync(path, job);
  return path;
};

const reports = ['sparekey-report.txt', 'sparekey-report.json'];

test.each(harmlessKinds)('a %s where the reports are put is neither followed nor waited for', (kind) => {
  const victim = createVictim(at(`victim, ${kind}`));
  const path = createJob(`reports, ${kind}`);
  for (const name of reports) {
    plant(kind, at(`reports, ${kind}/${name}`), victim);
    plant(kind, at(`reports, ${kind}/${name}.new`), victim);
  }
  plant(kind, at(`reports, ${kind}/sparekey.done.yaml`), victim);
  expect(runJob(path).status).toBe(0);
  victim.check();
  expect(JSON.parse(readFileSync(at(`reports, ${kind}/sparekey-report.json`), 'utf8')).status).toBe('done');
  expect(readFileSync(at(`reports, ${kind}/sparekey.done.yaml`), 'utf8')).toMatch(/^version: 0/);
});

test.each<Planted>(['link', 'second name', 'FIFO', 'device', 'folder'])('a job that is a %s is refused', (kind) => {
  const victim = createVictim(mkdtempSync(at('victim-')));
  writeFileSync(victim.file, job);
  const path = at(`job, ${kind}/sparekey.yaml`);
  plant(kind, path, victim);
  expect(runJob(path)).toMatchObject({ status: 2 });
  expect(readFileSync(victim.file, 'utf8')).toBe(job);
});

test('a folder in the place of a report is told before anything is done', () => {
  const path = createJob('folder');
  plant('folder', at('folder/sparekey-report.json'), createVictim(at('victim of a folder')));
  expect(runJob(path)).toMatchObject({ status: 3 });
  expect(readFileSync(path, 'utf8')).toBe(job);
});

test('the place of recovered files is no link', () => {
  const victim = createVictim(at('victim of recovered files'));
  const path = createJob('recovered');
  symlinkSync(victim.folder, at('recovered/recovered-data'));
  expect(runJob(path).status).toBe(3);
  victim.check();
  const report = readFileSync(at('recovered/sparekey-report.txt'), 'utf8');
  expect(report).toContain(join(at('recovered'), 'recovered-data'));
  expect(report).toContain(victim.folder);
  expect(report).not.toContain('/proc/');
});

test('links on the way to the job are a person’s own', () => {
  createJob('real');
  symlinkSync(at('real'), at('way'));
  expect(runJob(at('way/sparekey.yaml')).status).toBe(0);
  renameSync(at('real/sparekey.done.yaml'), at('real/sparekey.yaml'));
});
