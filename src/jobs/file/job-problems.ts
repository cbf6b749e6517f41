import { type Document, isMap, isNode, isScalar } from 'yaml';
import type { $ZodIssue } from 'zod/v4/core';
import type { Accepted, JobProblem, JobProblemKind } from '../../model/job.ts';
import { jobJsonSchema, type SchemaNode } from './job-schema.ts';
import type { JobText } from './job-text.ts';

/** Where something stands: keys, and numbers of list entries. */
export type Path = readonly (string | number)[];

/** More would bury the first. */
const problemsShown = 10;

/** A problem at a character of the text. */
export const issueProblem = (
  { lines }: JobText,
  offset: number,
  what: JobProblemKind,
  more: Pick<JobProblem, 'key' | 'accepted'> = {},
): JobProblem => {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1), what, ...more };
};

/** What the schema complained of, in the order of the lines, with what it would have taken instead. */
export const problemsOf = (
  document: Document.Parsed,
  source: JobText,
  issues: readonly $ZodIssue[],
): readonly JobProblem[] => {
  const schema = jobJsonSchema();
  return issues
    .flatMap((issue) => problemsOfIssue(document, source, schema, issue))
    .toSorted((one, other) => one.line - other.line || one.column - other.column)
    .slice(0, problemsShown);
};

const problemsOfIssue = (
  document: Document.Parsed,
  source: JobText,
  schema: SchemaNode,
  issue: $ZodIssue,
): readonly JobProblem[] => {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  const key = path.findLast((part) => typeof part === 'string');
  const accepted = acceptedBy(schemaAt(schema, path));
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .slice(0, problemsShown)
      .map((unknown) =>
        issueProblem(source, offsetOfKey(document, path, unknown), 'unknown-key', { key: unknown, ...accepted }),
      );
  if (issue.code === 'custom')
    return [issueProblem(source, offsetOf(document, path), 'one-of-keys', oneOfKeys(issue.params, key))];
  const isMissing = path.length > 0 && document.getIn(path, true) === undefined;
  const what = isMissing ? 'missing-key' : 'wrong-value';
  return [issueProblem(source, offsetOf(document, path), what, { ...(key !== undefined && { key }), ...accepted })];
};

const oneOfKeys = (parameters: Record<string, unknown> | undefined, key: string | undefined) => {
  const keys = parameters?.['keys'];
  return {
    ...(key !== undefined && { key }),
    ...(Array.isArray(keys) && { accepted: { kind: 'keys', keys: keys.map(String) } as const }),
  };
};

/** Of what is missing, its surroundings. */
const offsetOf = (document: Document.Parsed, path: Path): number => {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isNode(node)) return node.range?.[0] ?? 0;
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
};

const offsetOfKey = (document: Document.Parsed, path: Path, key: string): number => {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key) : undefined;
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? 0) : offsetOf(document, path);
};

const schemaAt = (schema: SchemaNode | undefined, path: Path): SchemaNode | undefined =>
  path.reduce<SchemaNode | undefined>(
    (node, part) => (typeof part === 'number' ? node?.items : node?.properties?.[part]),
    schema,
  );

const acceptedBy = (node: SchemaNode | undefined): { readonly accepted?: Accepted } => {
  if (node === undefined) return {};
  const { type, properties, minimum, maximum } = node;
  const values = node.enum ?? (node.const === undefined ? undefined : [node.const]);
  if (values) return { accepted: { kind: 'values', values: values.map(String) } };
  if (properties) return { accepted: { kind: 'keys', keys: Object.keys(properties) } };
  if (minimum !== undefined && maximum !== undefined)
    return { accepted: { kind: 'number', min: minimum, max: maximum } };
  if (type === 'boolean') return { accepted: { kind: 'values', values: ['true', 'false'] } };
  if (node.pattern !== undefined) return { accepted: { kind: 'path' } };
  return { accepted: { kind: type === 'array' ? 'list' : 'text' } };
};
