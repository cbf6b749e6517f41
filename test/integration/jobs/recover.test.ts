import { chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '../../support/disk-image.ts';
import { createLinuxDisk } from '../../support/linux-disk.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { sparekey } from '../../support/sparekey.ts';
import { run } from '../../support/tools.ts';

const at = scratchFolder('job-recover');

const createDisk = (name: string, letter: string): string =>
  createLinuxDisk(at(name), {
    populate: (root) => {
      writeFileSync(join(root, 'home/bob/letter.txt'), letter);
      chownSync(join(root, 'home/bob/letter.txt'), 1000, 1001);
    },
  });

const runJob = (image: string, step: string) => {
  writeFileSync(at('sparekey.yaml'), `version: 1\nsteps:\n  - recover: { paths: [/home/bob], to: stick${step} }\n`);
  const { exitCode } = sparekey(['run', at('sparekey.yaml'), '--disk', image]);
  return { exitCode, report: JSON.parse(readFileSync(at('sparekey-report.json'), 'utf8')) };
};

test('a job keeps owners and proves that the disk is as it was, where it is asked to', () => {
  const image = createDisk('card.img', 'Dear Ann\n');
  const { exitCode, report } = runJob(image, ', owners: true, prove: true');
  expect(exitCode).toBe(0);
  const copy = at('recovered-root');
  expect(statSync(join(copy, 'home/bob/letter.txt'))).toMatchObject({ uid: 1000, gid: 1001 });
  const receipt = JSON.parse(readFileSync(join(copy, 'sparekey-receipt.json'), 'utf8'));
  expect(receipt).toMatchObject({ status: 'done', to: copy, proof: { before: sha256(image), after: sha256(image) } });
  expect(report.steps[0].recovered).toMatchObject({ to: copy, files: 1, proof: receipt.proof });
  expect(readFileSync(join(copy, 'sparekey-receipt.txt'), 'utf8')).toContain(sha256(image));
  expect(run('sh', ['-c', `cd '${copy}' && sha256sum --check --quiet sparekey-manifest.sha256`])).toBe('');
});

test('what another disk of the same name holds goes into a folder of its own', () => {
  const other = createDisk('other.img', 'Dear Zoë\n');
  const { exitCode, report } = runJob(other, '');
  expect(exitCode).toBe(0);
  expect(report.steps[0].recovered.to).toBe(at('recovered-root-2'));
  const letter = at('recovered-root-2/home/bob/letter.txt');
  expect(readFileSync(letter, 'utf8')).toBe('Dear Zoë\n');
  // Without being asked, a copy belongs to whoever copies.
  expect(statSync(letter).uid).toBe(process.getuid?.());
  expect(readFileSync(at('recovered-root/home/bob/letter.txt'), 'utf8')).toBe('Dear Ann\n');
  expect(existsSync(at('recovered-root-2/sparekey-receipt.txt'))).toBe(true);
});
