import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renewExample, renewReadme, schemaFile } from '../../../scripts/documents.ts';
import { parseJobFile } from '../../../src/jobs/file/job-file.ts';
import { jobJsonSchema, type SchemaNode } from '../../../src/jobs/file/job-schema.ts';
import { type SignalName, type SignalPattern, signalPatterns } from '../../../src/model/signals.ts';
import { textFor } from '../../../src/text/index.ts';
import { example, readme, readmeJobs, variants } from '../../support/job-examples.ts';

const keysOf = ({ properties = {}, items }: SchemaNode): readonly string[] => [
  ...Object.entries(properties).flatMap(([key, node]) => [key, ...keysOf(node)]),
  ...(items ? keysOf(items) : []),
];
const keys = [...new Set(keysOf(jobJsonSchema()))];

const parse = (text: string) => parseJobFile(new TextEncoder().encode(text)).job;

describe('what people read about job files', () => {
  test('the JSON Schema is current', () => {
    expect(readFileSync('image/stick/sparekey.schema.json', 'utf8'), 'run: node scripts/documents.ts').toBe(
      schemaFile(),
    );
  });

  test('the example job is what the registry makes of it', () => {
    expect(example, 'run: node scripts/documents.ts').toBe(renewExample(example));
  });

  test('so are the tables of the README', () => {
    expect(readme, 'run: node scripts/documents.ts').toBe(renewReadme(readme));
  });

  test('every option says what it is for', () => {
    const undescribed = (node: SchemaNode & { readonly description?: string }): readonly string[] =>
      Object.entries(node.properties ?? {}).flatMap(([key, child]) => [
        ...('description' in child ? [] : [key]),
        ...undescribed(child.items ?? child),
      ]);
    expect(undescribed(jobJsonSchema())).toEqual([]);
    expect(keys.length).toBeGreaterThan(12);
  });

  test('the example is a job', () => {
    expect(parse(example)).toMatchObject({ name: 'back into the living-room Pi', steps: [{ user: 'bob' }] });
  });

  test('so it is with whatever it offers in comments', () => {
    expect(parse(variants.swap).isSwap).toBe(true);
    expect(parse(variants.unlock).steps).toMatchObject([{ unlock: true }]);
    expect(parse(variants.generate).steps).toMatchObject([{ password: 'generate' }]);
    expect(parse(variants.undo).steps).toMatchObject([{}, { task: 'undo', id: expect.any(String), force: true }]);
    expect(parse(variants.recover).steps).toMatchObject([{}, { task: 'recover', paths: ['/supervisor/backup'] }]);
  });

  test.each(keys)('%s stands in the example and in the README', (key) => {
    expect(example).toMatch(new RegExp(`^[ #-]*${key}:`, 'm'));
    expect(readme).toContain(`\`${key}\``);
  });

  test('the jobs in the README are jobs', () => {
    expect(readmeJobs.length).toBeGreaterThan(0);
    for (const job of readmeJobs) expect(parse(job).steps.length).toBeGreaterThan(0);
  });
});

const count = ['no', 'one', 'two', 'three', 'four'];

const lightOf = ({ light }: SignalPattern) => {
  if (light.length === 1) return 'steady light';
  const [lit = 0, dark = 0] = light;
  if (light.length === 2 && lit === dark) return 'fast blinking';
  const flashes = light.length / 2;
  return `${count[flashes]} flash${flashes > 1 ? 'es' : ''}, pause`;
};

const soundOf = ({ tones }: SignalPattern) => {
  const beeps = tones.filter(({ hertz }) => hertz > 0);
  const [first] = beeps;
  if (!first) return 'silent';
  const pitch = first.hertz > 600 ? 'high' : 'low';
  return `${count[beeps.length]} ${first.ms >= 1000 ? 'long ' : ''}${pitch} beep${beeps.length > 1 ? 's' : ''}`;
};

describe('signals', () => {
  const signals = Object.entries(signalPatterns) as readonly (readonly [SignalName, SignalPattern])[];

  test('all look different', () => {
    expect(new Set(signals.map(([, { light }]) => light.join())).size).toBe(signals.length);
  });

  test.each(signals)('%s is described in the README and in the example as it is', (name, pattern) => {
    const row = [name, lightOf(pattern), soundOf(pattern), textFor('en').jobs.signals[name]];
    expect(readme).toContain(`| ${row.join(' | ')} |`);
    expect(example.replace(/ {2,}/g, '  ')).toContain(row.join('  '));
  });
});
