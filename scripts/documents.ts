import { readFileSync, writeFileSync } from 'node:fs';
import { usageOf, usageOfInput } from '../src/cli/inputs/index.ts';
import { jobJsonSchema, type SchemaNode } from '../src/jobs/file/job-schema.ts';
import { inputsOfStep, keysOf, kindOf } from '../src/jobs/inputs/index.ts';
import type { SampleLine } from '../src/jobs/inputs/input.ts';
import { isChange, isCopy, isIn, type Operation, type OperationIn, operations } from '../src/operations/index.ts';
import type { Input } from '../src/operations/inputs.ts';
import { textFor } from '../src/text/index.ts';

/**
 * node scripts/documents.ts: writes anew what people read that is made of the registry of operations: the README's tables,
 * the example job, and the JSON Schema of job files by which editors complete them. A test compares them.
 */

const text = textFor('en');
const { help, operations: words } = text;

/** In the middle of a sentence; a name stays as it is. */
const lowered = (sentence: string): string =>
  sentence.startsWith('Home Assistant') ? sentence : sentence.charAt(0).toLowerCase() + sentence.slice(1);
const cell = (content: string): string => content.replaceAll('|', '\\|');
const row = (name: string, meaning: string): string => `| ${cell(name)} | ${cell(meaning)} |`;

const offered = operations.filter(isIn('cli'));
const commandRow = (operation: Operation): string =>
  row(`\`sparekey ${usageOf(operation)}\``, lowered(words[operation.id].help));

/** The README's table of commands. */
export const commandTable = (): string =>
  [
    ...['| command | what it does |', '|---|---|'],
    row('`sparekey scan`', lowered(help.commands.scan)),
    row('`sparekey check [--user NAME]`', lowered(help.commands.check)),
    ...offered.filter(isChange).map(commandRow),
    row('`sparekey ls [PATH]`', lowered(help.commands.ls)),
    row('`sparekey cat PATH`', lowered(help.commands.cat)),
    ...offered.filter(isCopy).map(commandRow),
    row('`sparekey run JOB`', lowered(help.commands.run)),
    row('`sparekey hash [--for linux|home-assistant]`', lowered(help.commands.hash)),
  ].join('\n');

/** The options of one operation, each with the sentence of --help. */
const optionRows = (operation: Operation): readonly string[] => {
  const sentences: Readonly<Record<string, string>> = { ...help.options, ...words[operation.id].inputs };
  const given: Partial<Record<Input['kind'], string>> = text.inputs.cli;
  return Object.entries(operation.inputs).flatMap(([name, input]: [string, Input]) => {
    if (input.isPositional) return [];
    const options = usageOfInput(name, input).replaceAll(/[[\]]/g, '').split(' | ');
    return options.map((option) => {
      const [, own = name] = /^--([a-z-]+)/.exec(option) ?? [];
      const more = given[input.kind];
      const sentence = more === undefined ? sentences[own] : `${sentences[own]}: ${more}`;
      return row(`\`${option}\``, `\`${operation.id}\`: ${lowered(sentence ?? '')}`);
    });
  });
};

/** The README's table of options. */
export const optionTable = (): string =>
  [
    ...['| option | meaning |', '|---|---|'],
    row('`--disk SOURCE`', lowered(help.options.disk)),
    row('`--on SELECTOR`', lowered(help.options.on)),
    row(
      '`--passphrase-file FILE`',
      `${lowered(help.options['passphrase-file'])}; on a terminal it is asked for otherwise`,
    ),
    row('`--key-file FILE`', lowered(help.options['key-file'])),
    row('`--dry-run`', lowered(help.options['dry-run'])),
    row('`--yes`', `${lowered(help.options.yes)}; without it, and without a terminal, nothing is changed`),
    ...offered.flatMap(optionRows),
    row('`--json`', lowered(help.options.json)),
    row('`--lang en`, `--lang fr`', `${lowered(help.options.lang)}; otherwise that of the locale`),
    row('`--no-color`', 'no colours; `NO_COLOR` is honoured too'),
  ].join('\n');

const described = (node: SchemaNode | undefined): string => lowered(node?.description ?? '').replace(/\.$/, '');

const stepRow = (operation: OperationIn<'jobs'>): string => {
  const keys = inputsOfStep(operation).map((asked) => {
    const names = Object.keys(keysOf(asked)).map((key) => `\`${key}\``);
    const shown = names.length > 1 ? `one of ${names.join(', ')}` : names.join('');
    return `${shown} (${lowered(asked.sentence)})`;
  });
  return row(`\`${operation.id}\``, `${lowered(words[operation.id].help)}: \`on\`, ${keys.join(', ')}`);
};

/** The README's table of what a job file may hold. */
export const jobTable = (): string => {
  const { properties = {} } = jobJsonSchema();
  const rows = Object.entries(properties).map(([key, node]) => row(`\`${key}\``, described(node)));
  const at = Object.keys(properties).indexOf('steps') + 1;
  const steps = operations.filter(isIn('jobs')).map(stepRow);
  return ['| key | meaning |', '|---|---|', ...rows.slice(0, at), ...steps, ...rows.slice(at)].join('\n');
};

const remarkAt = 40;

/** A line of the example; what stands there instead of another line, or in addition, is a comment of its own. */
const sampleLine = (indent: string, { text: line, remark }: SampleLine, isComment: boolean): string => {
  const whole = `${indent}${isComment ? '# ' : ''}${line}`;
  return remark === undefined ? whole : `${whole.padEnd(remarkAt - 1)} # ${lowered(remark)}`;
};

/** One step of the example; the first one stands there ready, the others as comments. */
const exampleStep = (operation: OperationIn<'jobs'>, index: number): string => {
  const isFirst = index === 0;
  const where = isFirst
    ? { remark: 'where: LABEL=, PARTLABEL=, UUID=, sda2 or a system id; not needed where only one fits' }
    : {};
  const samples: readonly SampleLine[] = [
    { text: 'on: LABEL=hassos-data', ...where },
    ...inputsOfStep(operation).flatMap(({ name, input, sentence }) => kindOf(input).sample(name, sentence)),
  ];
  const lines = samples.map((sample) =>
    sampleLine(
      isFirst ? '      ' : '  #     ',
      sample,
      sample.isInstead === true || (isFirst && sample.isExtra === true),
    ),
  );
  return [`  # ${words[operation.id].help}.`, `  ${isFirst ? '' : '# '}- ${operation.id}:`, ...lines].join('\n');
};

/** The steps of the example job. */
export const exampleSteps = (): string => operations.filter(isIn('jobs')).map(exampleStep).join('\n\n');

/** Puts new content between two marks. @throws Error where they are missing */
export const between = (whole: string, begin: string, end: string, content: string): string => {
  const from = whole.indexOf(begin);
  const to = whole.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`no ${begin} … ${end}`);
  return `${whole.slice(0, from + begin.length)}\n${content}\n${whole.slice(to)}`;
};

const marks = (name: string): readonly [string, string] => [`<!-- ${name} -->`, `<!-- /${name} -->`];

/** The README with its tables as the registry makes them. */
export const renewReadme = (readme: string): string =>
  [
    ['commands', commandTable()] as const,
    ['options', optionTable()] as const,
    ['job-file', jobTable()] as const,
  ].reduce((whole, [name, table]) => between(whole, ...marks(name), table), readme);

const stepsBegin = 'all of it is planned before the first change';
const stepsEnd = '\nthen: ';

/** The example job with its steps as the registry makes them. */
export const renewExample = (example: string): string => between(example, stepsBegin, stepsEnd, exampleSteps());

/** The schema as it lies on every stick. */
export const schemaFile = (): string => `${JSON.stringify(jobJsonSchema(), undefined, 2)}\n`;

const paths = {
  readme: 'README.md',
  example: 'image/stick/sparekey.example.yaml',
  schema: 'image/stick/sparekey.schema.json',
} as const;

if (import.meta.main) {
  writeFileSync(paths.readme, renewReadme(readFileSync(paths.readme, 'utf8')));
  writeFileSync(paths.example, renewExample(readFileSync(paths.example, 'utf8')));
  writeFileSync(paths.schema, schemaFile());
}
