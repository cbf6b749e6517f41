import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { repeatableInputs } from '../../../src/cli/inputs/index.ts';
import { syntaxOf } from '../../../src/cli/operation-command.ts';
import { RescueError } from '../../../src/model/errors.ts';
import { isChange, isIn, operationCalled, operations } from '../../../src/operations/index.ts';
import { inputOfKind, withDefaults } from '../../../src/operations/inputs.ts';
import { parsePurpose } from '../../../src/operations/purpose.ts';
import { resetPassword } from '../../../src/operations/reset-password.ts';
import { languages, textFor } from '../../../src/text/index.ts';
import { insistenceOn, nextStepsOf, purposeSentence } from '../../../src/text/sentence.ts';

/** What a journal could say of each fact. */
const sample = { text: 'bob', list: ['one', 'two'] } as const;
const purposeOf = (id: string, facts: Readonly<Record<string, 'text' | 'list'>>) => ({
  task: id,
  ...Object.fromEntries(Object.entries(facts).map(([name, kind]) => [name, sample[kind]])),
});

describe('the registry', () => {
  test('has each operation once, under a name that can be typed', () => {
    const ids = operations.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(ids.length).toBeGreaterThan(5);
  });

  test('finds one by its name, and nothing by any other', () => {
    for (const operation of operations) expect(operationCalled(operation.id)).toBe(operation);
    for (const name of ['', 'constructor', 'toString', 'explode']) expect(operationCalled(name)).toBeUndefined();
  });

  test('insists only by a flag of its own', () => {
    for (const operation of operations.filter(isChange)) {
      if (!('insists' in operation)) continue;
      const inputs: Readonly<Record<string, { readonly kind: string }>> = operation.inputs;
      expect(inputs[operation.insists.input]?.kind).toBe('flag');
    }
  });

  test('is offered somewhere, each of them', () => {
    const offered = new Set((['cli', 'jobs', 'tui'] as const).flatMap((face) => operations.filter(isIn(face))));
    expect(offered.size).toBe(operations.length);
  });
});

test('an operation is named where it is made, put into words and done, and nowhere else', () => {
  const sources = readdirSync('src', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'));
  expect(sources.length).toBeGreaterThan(300);
  for (const { id } of operations.filter(({ id: each }) => each.includes('-')))
    expect(sources.filter((text) => text.includes(`'${id}'`)).length, id).toBeLessThanOrEqual(8);
});

describe('a command', () => {
  test('is written as its record says', () => {
    expect(operations.map(syntaxOf)).toEqual([
      'reset-password',
      'authorize-key',
      'fix [findings..]',
      'recover <paths..>',
      'clone <device> <file>',
      'backups [action] [names..]',
      'undo [id]',
    ]);
    expect(operations.flatMap(repeatableInputs)).toEqual(['fix', 'findings', 'paths', 'names']);
  });
});

describe('inputs', () => {
  test('that are not given are flags that are not set, or nothing', () => {
    expect(withDefaults(resetPassword.inputs, {})).toEqual({ unlock: false });
    expect(withDefaults(resetPassword.inputs, { unlock: true })).toEqual({ unlock: true });
  });

  test('are found by their kind', () => {
    expect(inputOfKind(resetPassword.inputs, 'password')).toBe('password');
    expect(inputOfKind(resetPassword.inputs, 'paths')).toBeUndefined();
  });
});

describe('a purpose', () => {
  test.each(operations.filter(isChange))(
    'of $id is read as it was written, and has a title in both languages',
    (operation) => {
      const written = purposeOf(operation.id, operation.facts);
      expect(parsePurpose(JSON.parse(JSON.stringify(written)))).toEqual(written);
      for (const language of languages)
        expect(purposeSentence(textFor(language), written)).not.toMatch(/undefined|object/);
    },
  );

  test.each(operations.filter(isChange))('of $id without one of its facts is not taken for it', ({ id, facts }) => {
    for (const missing of Object.keys(facts)) {
      const { [missing]: _, ...rest } = purposeOf(id, facts) as Record<string, unknown>;
      expect(parsePurpose(rest)).toEqual({ task: 'unknown', name: id });
      expect(parsePurpose({ ...rest, [missing]: 7 })).toEqual({ task: 'unknown', name: id });
    }
  });

  test('of an operation that is not ours keeps its name, which is shown harmlessly', () => {
    const purpose = parsePurpose({ task: 'explode\u001b[2J', user: 'bob' });
    expect(purpose).toEqual({ task: 'unknown', name: 'explode\u001b[2J' });
    for (const language of languages)
      expect(purposeSentence(textFor(language), purpose as never)).toContain('explode\\x1b[2J');
    expect(parsePurpose({ task: 'constructor' })).toEqual({ task: 'unknown', name: 'constructor' });
    expect(parsePurpose({ task: 'recover' })).toEqual({ task: 'unknown', name: 'recover' });
    expect(parsePurpose({ task: 'x'.repeat(5000) })).toEqual({ task: 'unknown', name: 'x'.repeat(100) });
  });

  test.each([undefined, null, 7, 'reset-password', {}, { task: 7 }, []])('%j was written by no Sparekey', (value) => {
    expect(parsePurpose(value)).toBeUndefined();
  });
});

describe('words', () => {
  const purpose = { task: 'reset-password', user: 'Zoë', system: 'haos@sdb8' } as const;

  test('of what comes next differ by the kind of login', () => {
    expect(nextStepsOf(textFor('en'), purpose, 'linux')[0]).toBe('Log in as Zoë with the new password.');
    expect(nextStepsOf(textFor('fr'), purpose, 'home-assistant')[0]).toContain('Home Assistant');
  });

  test('of a yes belong to the refusal that it lifts, and to no other', () => {
    const locked = new RescueError('account-locked', { user: 'Zoë' });
    expect(insistenceOn(textFor('en'), resetPassword, locked)).toMatchObject({
      input: 'unlock',
      yes: 'Lift the lock, too',
    });
    expect(insistenceOn(textFor('en'), resetPassword, new RescueError('need-root', {}))).toBeUndefined();
    expect(insistenceOn(textFor('en'), resetPassword, new Error('account-locked'))).toBeUndefined();
  });
});
