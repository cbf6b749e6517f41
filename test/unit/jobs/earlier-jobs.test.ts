import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { marksOfRunJob, parseJobFile } from '../../../src/jobs/file/job-file.ts';
import { isRescueError } from '../../../src/model/errors.ts';
import { PasswordHash, Secret } from '../../../src/model/secret.ts';

/** Job files of the version before, as it took them. */
const fixture = (name: string): Uint8Array => readFileSync(`test/fixtures/earlier/${name}`);

test('a job of the version before means what it meant', () => {
  const { job } = parseJobFile(fixture('sparekey.yaml'));
  expect(job).toMatchObject({ name: 'fixture', language: 'en', isSwap: false, ending: 'stay' });
  expect(job.steps).toMatchObject([
    { task: 'reset-password', line: 5, on: 'LABEL=root', user: 'bob', unlock: false },
    { task: 'reset-password', line: 6, user: 'carol', password: 'generate', unlock: true },
    { task: 'recover', line: 7, on: 'LABEL=root', paths: ['/home/bob'], to: 'stick', owners: false, prove: false },
    { task: 'undo', line: 8, force: false },
  ]);
  const [first] = job.steps;
  expect(first?.task === 'reset-password' && first.password instanceof Secret && first.password.reveal()).toBe(
    'brought-back-1',
  );
});

test('its example, as it lies on sticks, is a job with whatever it offers', () => {
  const example = fixture('sparekey.example.yaml').toString();
  const [step] = parseJobFile(Buffer.from(example)).job.steps;
  expect(step).toMatchObject({ task: 'reset-password', on: 'LABEL=hassos-data', user: 'bob' });
  const whole = example
    .replace(/^ {2}# - (undo|recover):(\n {2}# {5}.*)+/gm, (lines) => lines.replace(/^ {2}# /gm, '  '))
    .replace(/^( +)# (unlock: true)/m, '$1$2');
  const { steps } = parseJobFile(Buffer.from(whole)).job;
  expect(steps.map(({ task }) => task)).toEqual(['reset-password', 'recover', 'undo']);
  expect(steps[0]).toMatchObject({ unlock: true });
  const hashed = example
    .replace(/^ +password: .*\n/m, '')
    .replace(/^( +)# password-hash: "[^"]+"/m, `$1password-hash: "$6$salt$${'a'.repeat(86)}"`);
  const [withHash] = parseJobFile(Buffer.from(hashed)).job.steps;
  expect(withHash?.task === 'reset-password' && withHash.password).toBeInstanceOf(PasswordHash);
});

test('a job that it has run is known as run, and the places of its secrets are found', () => {
  const done = fixture('sparekey.done.yaml');
  expect(marksOfRunJob(done)?.secrets).toHaveLength(1);
  try {
    parseJobFile(done);
    expect.unreachable();
  } catch (error) {
    const problems = isRescueError(error) && error.code === 'job-file' ? error.details.problems : [];
    expect(problems).toMatchObject([{ what: 'run-already' }]);
  }
});
