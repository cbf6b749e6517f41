import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseJobFile } from '../../../src/formats/job-file.ts';
import { jobJsonSchema, type SchemaNode } from '../../../src/formats/job-schema.ts';
import { type SignalName, type SignalPattern, signalPatterns } from '../../../src/model/signals.ts';
import { textFor } from '../../../src/text/index.ts';

const read = (path: string) => readFileSync(path, 'utf8');
const example = read('image/stick/sparekey.example.yaml');
const readme = read('README.md');

const keysOf = ({ properties = {}, items }: SchemaNode): readonly string[] => [
  ...Object.entries(properties).flatMap(([key, node]) => [key, ...keysOf(node)]),
  ...(items ? keysOf(items) : []),
];
const keys = [...new Set(keysOf(jobJsonSchema()))];

const uncommented = (lines: string) => lines.replace(/^ {2}# /gm, '  ');

const parse = (text: string) => parseJobFile(new TextEncoder().encode(text)).job;

describe('what people read about job files', () => {
  test('the JSON Schema is current', () => {
    const current = `${JSON.stringify(jobJsonSchema(), undefined, 2)}\n`;
    expect(read('image/stick/sparekey.schema.json'), 'run: node scripts/job-schema.ts').toBe(current);
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
    const withOption = (line: RegExp) => example.replace(line, '$1$2');
    expect(parse(withOption(/^()# (swap: true)/m)).isSwap).toBe(true);
    expect(parse(withOption(/^( +)# (unlock: true)/m)).steps).toMatchObject([{ unlock: true }]);
    const generating = withOption(/^( +)# (generate: true)/m).replace(/^ +password: .*\n/m, '');
    expect(parse(generating).steps).toMatchObject([{ password: 'generate' }]);
    const undoing = example.replace(/^ {2}# - undo:(\n {2}# {5}.*)+/m, uncommented);
    expect(parse(undoing).steps).toMatchObject([{}, { task: 'undo', id: expect.any(String), force: true }]);
    const recovering = example.replace(/^ {2}# - recover:(\n {2}# {5}.*)+/m, uncommented);
    expect(parse(recovering).steps).toMatchObject([{}, { task: 'recover', paths: ['/supervisor/backup'] }]);
  });

  test.each(keys)('%s stands in the example and in the README', (key) => {
    expect(example).toMatch(new RegExp(`^[ #-]*${key}:`, 'm'));
    expect(readme).toContain(`\`${key}\``);
  });

  test('the jobs in the README are jobs', () => {
    const jobs = [...readme.matchAll(/((?: {4}.*\n|\n)*)/g)].map(([block]) => block.replace(/^ {4}/gm, ''));
    const found = jobs.filter((block) => /^version: 1/m.test(block));
    expect(found.length).toBeGreaterThan(0);
    for (const job of found) expect(parse(job).steps.length).toBeGreaterThan(0);
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
