import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument, visit } from 'yaml';
import { RescueError } from '../../model/errors.ts';
import type { JobBytes, JobMarks, JobProblem, JobProblemKind } from '../../model/job.ts';
import { jobLimitBytes } from '../../model/job-medium.ts';
import { isIn, operations } from '../../operations/index.ts';
import { isSecretKey, problemWith, readInputs } from '../inputs/index.ts';
import type { Fields } from '../inputs/input.ts';
import type { Job, JobStep } from '../job.ts';
import { issueProblem, type Path, problemsOf } from './job-problems.ts';
import { jobSchema } from './job-schema.ts';
import type { JobText } from './job-text.ts';
import { isPassphraseKey, problemWithPassphrase, readKey } from './keys.ts';

/** A job file that was understood. */
export interface JobFile {
  readonly job: Job;
  readonly marks: JobMarks;
}

type YamlDocument = Document.Parsed;

/**
 * Reads a job file strictly.
 * @throws RescueError job-file, with what is wrong in which line, and what would be accepted
 */
export const parseJobFile = (bytes: Uint8Array): JobFile => {
  const source = decode(bytes);
  const document = parseYaml(source);
  const checked = jobSchema.safeParse(document.toJS({ maxAliasCount: 0 }));
  refuse(versionProblems(document, source));
  if (!checked.success)
    throw new RescueError('job-file', { problems: problemsOf(document, source, checked.error.issues) });
  refuse(valueProblems(document, source));
  const { version: _, name, language, wait, swap, open = [], steps, then } = checked.data;
  return {
    job: {
      ...(name !== undefined && { name }),
      ...(language !== undefined && { language }),
      ...(wait !== undefined && { waitSeconds: wait }),
      isSwap: swap ?? false,
      open: open.map(readKey),
      steps: steps.map((step, index) => toStep(step, lineOf(document, source, ['steps', index]))),
      ending: then ?? 'poweroff',
    },
    marks: findMarks(document, source),
  };
};

/** The language that a job file asks for, as far as that can be read out of one that is refused. */
export const languageOfJob = (bytes: Uint8Array): string | undefined =>
  /^language:[ \t]*["']?([a-z]{2})\b/m.exec(Buffer.from(bytes.subarray(0, jobLimitBytes)).toString('latin1'))?.[1];

const refuse = (problems: readonly JobProblem[]): void => {
  if (problems.length > 0) throw new RescueError('job-file', { problems });
};

const decode = (bytes: Uint8Array): JobText => {
  const lines = new LineCounter();
  const markBytes = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  if (bytes.length > jobLimitBytes) refuse([{ line: 1, column: 1, what: 'too-large' }]);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(markBytes)), markBytes, lines };
  } catch (error) {
    throw new RescueError('job-file', { problems: [{ line: 1, column: 1, what: 'not-utf8' }] }, { cause: error });
  }
};

/** Which of our words fits the parser's complaint; its own would quote the line, and with it perhaps a password. */
const syntaxKinds: Readonly<Record<string, JobProblemKind>> = {
  DUPLICATE_KEY: 'duplicate-key',
  TAB_AS_INDENT: 'tab',
  MULTIPLE_DOCS: 'several-documents',
  BAD_ALIAS: 'reference',
};

const parseYaml = (source: JobText): YamlDocument => {
  const { text, lines } = source;
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'core', logLevel: 'error' });
  refuse(
    document.errors
      .slice(0, 1)
      .map(({ code, pos: [offset] }) => issueProblem(source, offset, syntaxKinds[code] ?? 'not-yaml')),
  );
  refuse(referenceProblems(document, source));
  return document;
};

/** Anchors, aliases and tags can make a short text mean something else than it says. */
const referenceProblems = (document: YamlDocument, source: JobText): readonly JobProblem[] => {
  const problems: JobProblem[] = [];
  visit(document, {
    Node: (_, node) => {
      const isReference = isAlias(node) || node.tag !== undefined || ('anchor' in node && node.anchor !== undefined);
      if (!isReference) return undefined;
      // A password without quotes, struck out, looks like a reference to a name made of asterisks.
      const isStruck = isAlias(node) && /^\**$/.test(node.source);
      problems.push(issueProblem(source, node.range?.[0] ?? 0, isStruck ? 'struck-out' : 'reference'));
      return visit.BREAK;
    },
  });
  const isRun = versionText(document, source) === '0';
  return isRun ? versionProblems(document, source) : problems;
};

/** A job that was run says 0. Anything but a plain 1 could not be marked by overwriting one byte. */
const versionProblems = (document: YamlDocument, source: JobText): readonly JobProblem[] => {
  const text = versionText(document, source);
  if (text === undefined || text === '1') return [];
  const offset = nodeAt(document, ['version'])?.range?.[0] ?? 0;
  if (text === '0') return [issueProblem(source, offset, 'run-already', { key: 'version' })];
  return [issueProblem(source, offset, 'wrong-value', { key: 'version', accepted: { kind: 'values', values: ['1'] } })];
};

const versionText = (document: YamlDocument, { text }: JobText): string | undefined => {
  const range = nodeAt(document, ['version'])?.range;
  return range ? text.slice(range[0], range[1]) : undefined;
};

const nodeAt = (document: YamlDocument, path: Path) => {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  return isScalar(node) || isMap(node) || isSeq(node) ? node : undefined;
};

const lineOf = (document: YamlDocument, { lines }: JobText, path: Path): number =>
  lines.linePos(nodeAt(document, path)?.range?.[0] ?? 0).line;

/** The entries with one of some keys, whichever step they are in. */
const pairsWith = (document: YamlDocument, isWanted: (key: string) => boolean): readonly Pair[] => {
  const pairs: Pair[] = [];
  visit(document, {
    Pair: (_, pair) => {
      const key = isScalar(pair.key) ? pair.key.value : undefined;
      if (typeof key === 'string' && isWanted(key)) pairs.push(pair);
    },
  });
  return pairs;
};

/** What the schema takes, and the kinds of input do not. */
const valueProblems = (document: YamlDocument, source: JobText): readonly JobProblem[] =>
  pairsWith(document, () => true).flatMap(({ key, value }) => {
    if (!isScalar(key) || !isScalar(value)) return [];
    const [start, end] = value.range ?? [0, 0];
    const name = String(key.value);
    const problem = isPassphraseKey(name) ? problemWithPassphrase : problemWith.bind(undefined, name);
    const what = problem(String(value.value), source.text.slice(start, end));
    return what === undefined ? [] : [issueProblem(source, start, what, { key: String(key.value) })];
  });

const findMarks = (document: YamlDocument, source: JobText): JobMarks => ({
  version: byteRange(source, nodeAt(document, ['version'])?.range),
  secrets: pairsWith(document, (key) => isSecretKey(key) || isPassphraseKey(key)).flatMap(({ value }) => {
    if (!isScalar(value) || !value.range) return [];
    const [start, end] = value.range;
    const isQuoted = value.type === 'QUOTE_DOUBLE' || value.type === 'QUOTE_SINGLE';
    // The quotes stay, so that a file whose striking out was cut off can still be read.
    return [byteRange(source, isQuoted ? [start + 1, end - 1] : [start, end])];
  }),
});

const byteRange = ({ text, markBytes }: JobText, range: readonly number[] | null | undefined): JobBytes => {
  const [start = 0, end = 0] = range ?? [];
  const bytesBefore = (offset: number) => markBytes + Buffer.byteLength(text.slice(0, offset));
  return { start: bytesBefore(start), end: bytesBefore(end) };
};

/**
 * Where the secrets of a job that was run stand, so that striking out can be finished if it was cut off. Undefined for
 * a job that was not run, and for what is no job.
 */
export const marksOfRunJob = (bytes: Uint8Array): JobMarks | undefined => {
  if (bytes.length > jobLimitBytes) return undefined;
  const source: JobText = { text: Buffer.from(bytes).toString(), markBytes: 0, lines: new LineCounter() };
  const document = parseDocument(source.text, { prettyErrors: false, schema: 'core', logLevel: 'error' });
  return versionText(document, source) === '0' ? findMarks(document, source) : undefined;
};

/** A step as the schema lets it through: one operation, and what stands below it. */
const toStep = (step: Fields, line: number): JobStep => {
  const operation = operations.filter(isIn('jobs')).find(({ id }) => step[id] !== undefined);
  const content = operation && step[operation.id];
  if (!operation || typeof content !== 'object' || content === null)
    throw new Error('the schema lets no step be empty, or unknown');
  const fields = content as Fields;
  const place = { line, ...(typeof fields['on'] === 'string' && { on: fields['on'] }) };
  return { task: operation.id, ...place, ...readInputs(operation, fields) } as JobStep;
};
