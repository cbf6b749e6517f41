import { describe, expect, test } from 'vitest';
import { parseJobFile } from '../../../src/jobs/file/job-file.ts';
import { isRescueError } from '../../../src/model/errors.ts';
import { example, readmeJobs, variants } from '../../support/job-examples.ts';
import { run } from '../../support/tools.ts';

/** What python3-jsonschema has against each, by the schema that lies on every stick. */
const complaintsAbout = (jobs: readonly string[]): readonly (string | null)[] =>
  JSON.parse(
    run('python3', ['test/support/job-documents.py', 'image/stick/sparekey.schema.json'], JSON.stringify(jobs)),
  );

const isAccepted = (job: string): boolean => {
  try {
    parseJobFile(new TextEncoder().encode(job));
    return true;
  } catch (error) {
    if (isRescueError(error) && error.code === 'job-file') return false;
    throw error;
  }
};

const withStep = (step: string, more = '') => `version: 1\n${more}steps:\n  - ${step}\n`;
const reset = 'reset-password: { user: bob, generate: true }';

describe('the JSON Schema, read by a foreign validator', () => {
  test('has nothing against what people are shown', () => {
    const shown = [example, ...Object.values(variants), ...readmeJobs];
    expect(complaintsAbout(shown)).toEqual(shown.map(() => null));
    expect(new Set(shown).size).toBeGreaterThan(7);
  });

  const right = [
    withStep(reset),
    withStep('undo: {}'),
    withStep('recover: { on: sda2, paths: [/etc], to: stick }'),
    withStep(reset, 'wait: 0\nswap: false\nlanguage: fr\nthen: stay\n'),
  ];
  const wrong = [
    'version: 1\n',
    'version: 1\nsteps: []\n',
    `version: 2\nsteps:\n  - ${reset}\n`,
    withStep(reset, 'colour: red\n'),
    withStep(reset, 'wait: soon\n'),
    withStep(reset, 'wait: -1\n'),
    withStep(reset, 'wait: 1.5\n'),
    withStep(reset, 'swap: maybe\n'),
    withStep(reset, 'language: de\n'),
    withStep(reset, 'then: explode\n'),
    withStep('undo: { }\n    recover: { paths: [/etc], to: stick }'),
    withStep('{}'),
    withStep('reset-password: { user: bob }'),
    withStep('reset-password: { generate: true }'),
    withStep('reset-password: { user: bob, generate: false }'),
    withStep('reset-password: { user: bob, generate: true, password: "x" }'),
    withStep('reset-password: { usr: bob, generate: true }'),
    withStep('recover: { paths: [etc], to: stick }'),
    withStep('recover: { paths: [], to: stick }'),
    withStep('recover: { paths: [/etc], to: /tmp }'),
    withStep('undo: { force: perhaps }'),
  ];

  test('agrees with the program about what is right', () => {
    expect(complaintsAbout(right)).toEqual(right.map(() => null));
    expect(right.filter((job) => !isAccepted(job))).toEqual([]);
  });

  test('and about what is wrong', () => {
    const complaints = complaintsAbout(wrong);
    expect(wrong.filter((_, index) => complaints[index] === null)).toEqual([]);
    expect(wrong.filter(isAccepted)).toEqual([]);
  });
});
