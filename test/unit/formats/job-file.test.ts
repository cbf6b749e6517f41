import { describe, expect, test } from 'vitest';
import { languageOfJob, marksOfRunJob, parseJobFile } from '../../../src/jobs/file/job-file.ts';
import { isRescueError } from '../../../src/model/errors.ts';
import type { JobProblem } from '../../../src/model/job.ts';
import { PasswordHash, Secret, VolumeKey } from '../../../src/model/secret.ts';
import { languages, textFor } from '../../../src/text/index.ts';

const canary = 'Kanarienvogel im Schacht 7';
const bytes = (text: string) => new TextEncoder().encode(text);

const whole = `# a comment
version: 1
name: back into the living-room Pi
language: fr
wait: 120
swap: true
steps:
  - reset-password: { on: LABEL=hassos-data, user: bob, password: "${canary}" }
  - reset-password:
      user: 'root'
      password-hash: ${`$6$saltsalt$${'x'.repeat(86)}`}
      unlock: true
  - reset-password: { user: zoé, generate: true }
  - undo: { id: 20261121-061646-abcd, force: true }
  - undo: {}
  - recover: { on: sda2, paths: [/etc, /home/bob], to: stick }
then: reboot
`;

const problemsIn = (content: string | Uint8Array): readonly JobProblem[] => {
  try {
    parseJobFile(typeof content === 'string' ? bytes(content) : content);
  } catch (error) {
    if (isRescueError(error) && error.code === 'job-file') return error.details.problems;
    throw error;
  }
  return [];
};

/** A job that is right but for its one step. */
const withStep = (step: string) => `version: 1\nsteps:\n  - ${step}\n`;

describe('parseJobFile', () => {
  test('reads everything that a job can say', () => {
    const { job } = parseJobFile(bytes(whole));
    expect(job).toMatchObject({
      name: 'back into the living-room Pi',
      language: 'fr',
      waitSeconds: 120,
      isSwap: true,
      ending: 'reboot',
      steps: [
        { task: 'reset-password', line: 8, on: 'LABEL=hassos-data', user: 'bob', unlock: false },
        { task: 'reset-password', line: 9, user: 'root', unlock: true },
        { task: 'reset-password', line: 13, user: 'zoé', password: 'generate' },
        { task: 'undo', line: 14, id: '20261121-061646-abcd', force: true },
        { task: 'undo', line: 15, force: false },
        { task: 'recover', line: 16, on: 'sda2', paths: ['/etc', '/home/bob'] },
      ],
    });
    const [first, second] = job.steps.map((step) => (step.task === 'reset-password' ? step.password : undefined));
    expect(first instanceof Secret && first.reveal()).toBe(canary);
    expect(second).toBeInstanceOf(PasswordHash);
    expect(JSON.stringify(job)).not.toContain(canary);
  });

  test.each([
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['both', (text: string) => `\ufeff${text.replaceAll('\n', '\r\n')}`],
    ['tabs behind values', (text: string) => text.replaceAll('\n', '\t\n')],
  ])('%s, as Windows editors write them, make no difference', (_, change) => {
    expect(JSON.stringify(parseJobFile(bytes(change(whole))).job)).toBe(JSON.stringify(parseJobFile(bytes(whole)).job));
  });

  test.each([whole, `\ufeff${whole}`, whole.replaceAll('\n', '\r\n')])('marks the bytes of the secrets', (text) => {
    const content = bytes(text);
    const { marks } = parseJobFile(content);
    const slice = ({ start, end }: { start: number; end: number }) => Buffer.from(content.slice(start, end)).toString();
    expect(slice(marks.version)).toBe('1');
    expect(marks.secrets.map(slice)).toEqual([canary, `$6$saltsalt$${'x'.repeat(86)}`]);
  });

  test.each<[string, string, Partial<JobProblem>]>([
    ['a misspelt key', withStep('reset-password: { usr: bob, password: "abc" }'), { line: 3, column: 23, key: 'usr' }],
    ['an unknown step', withStep('format: { on: sda }'), { line: 3, column: 5, what: 'unknown-key', key: 'format' }],
    ['a missing key', withStep('reset-password: { password: "abc" }'), { line: 3, what: 'missing-key', key: 'user' }],
    ['no steps', 'version: 1\n', { line: 1, what: 'missing-key', key: 'steps' }],
    ['empty steps', 'version: 1\nsteps: []\n', { line: 2, what: 'wrong-value', key: 'steps' }],
    ['a number as password', withStep('reset-password: { user: b, password: 12345678 }'), { line: 3, key: 'password' }],
    ['two passwords', withStep('reset-password: { user: b, password: "a", generate: true }'), { what: 'one-of-keys' }],
    ['no password', withStep('reset-password: { user: b }'), { line: 3, what: 'one-of-keys' }],
    ['an empty password', withStep('reset-password: { user: b, password: "" }'), { what: 'bad-password' }],
    ['a zero byte', withStep('reset-password: { user: b, password: "a\\0b" }'), { what: 'bad-password' }],
    ['two lines', withStep('reset-password: { user: b, password: "a\\nb" }'), { what: 'bad-password' }],
    [
      'a folded one',
      withStep('reset-password:\n      user: b\n      password: "a\n        b"'),
      { what: 'bad-password' },
    ],
    ['a hash cut short', withStep('reset-password: { user: b, password-hash: $6$salt$abc }'), { what: 'bad-hash' }],
    ['a struck-out one', withStep('reset-password: { user: b, password: "*****" }'), { what: 'struck-out', line: 3 }],
    ['one without quotes', withStep('reset-password: { user: b, password: ***** }'), { what: 'struck-out', line: 3 }],
    ['a job that was run', whole.replace('version: 1', 'version: 0'), { what: 'run-already', line: 2 }],
    ['another format', withStep('undo: {}').replace('1', '2'), { what: 'wrong-value', key: 'version', line: 1 }],
    ['a fancy version', withStep('undo: {}').replace('1', '1.0'), { what: 'wrong-value', key: 'version' }],
    ['a wrong word', `${withStep('undo: {}')}then: off\n`, { line: 4, column: 7, what: 'wrong-value', key: 'then' }],
    ['too long a wait', `wait: 1e9\n${withStep('undo: {}')}`, { line: 1, what: 'wrong-value', key: 'wait' }],
    [
      'a path without a slash',
      withStep('recover: { paths: [etc], to: stick }'),
      { line: 3, column: 24, accepted: { kind: 'path' } },
    ],
    ['another place', withStep('recover: { paths: [/etc], to: /mnt }'), { line: 3, key: 'to', what: 'wrong-value' }],
    ['a key twice', `version: 1\n${withStep('undo: {}')}`, { line: 2, what: 'duplicate-key' }],
    ['a tab in front', 'version: 1\nsteps:\n\t- undo: {}\n', { line: 3, what: 'tab' }],
    ['an anchor', withStep('undo: &a {}'), { line: 3, what: 'reference' }],
    ['an alias', withStep('undo: *a'), { line: 3, what: 'reference' }],
    ['a tag', withStep('undo: !!map {}'), { line: 3, what: 'reference' }],
    ['two documents', `${withStep('undo: {}')}---\nversion: 1\n`, { line: 4, what: 'several-documents' }],
    ['an open quote', withStep('reset-password: { user: "b'), { what: 'not-yaml' }],
    ['no YAML', '<html>\n', { line: 1, what: 'wrong-value' }],
    ['nothing', '', { line: 1, what: 'wrong-value' }],
    ['a list', '- a\n', { line: 1, what: 'wrong-value' }],
  ])('refuses %s, and says where', (_, text, problem) => {
    expect(problemsIn(text)).toContainEqual(expect.objectContaining(problem));
  });

  test('says what would be accepted, in both languages, and never quotes a value', () => {
    const text = withStep(`reset-password: { usr: bob, password: 5, generate: "${canary}" }`);
    for (const { language, jobs } of languages.map(textFor)) {
      const sentences = problemsIn(text).map((problem) => jobs.at(problem, jobs.problems[problem.what](problem)));
      expect(sentences.join('\n')).toContain('on, user, password, password-hash, generate, unlock');
      expect(sentences.join('\n')).not.toContain(canary);
      expect(sentences[0]).toMatch(language === 'fr' ? /^ligne 3, colonne/ : /^line 3, column/);
    }
  });

  test.each<[string, string | Uint8Array]>([
    ['1 MB of random junk', Uint8Array.from({ length: 1 << 20 }, (_, index) => (index * 2654435761) >>> 13)],
    ['1 MB behind a good job', `${whole}# ${'x'.repeat(1 << 20)}`],
    ['UTF-16', Buffer.from(`\ufeff${whole}`, 'utf16le')],
    ['an archive', Buffer.from('504b0304140000000800', 'hex')],
    ['brackets without end', '['.repeat(60_000)],
    ['maps without end', '{a: '.repeat(15_000)],
    ['lists without end', '- '.repeat(30_000)],
    ['keys without end', Array.from({ length: 5000 }, (_, index) => `k${index}: 1\n`).join('')],
  ])('%s is refused in a few words', (_, content) => {
    const problems = problemsIn(content);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(10);
  });
});

describe('what opens encrypted volumes', () => {
  const withOpen = (entry: string) => `version: 1\nopen:\n  - ${entry}\nsteps:\n  - undo: {}\n`;

  test('is read, hidden, and struck out', () => {
    const text = withOpen(`{ passphrase: "${canary}", on: UUID=1 }\n  - key-file: disk.key`);
    const { job, marks } = parseJobFile(bytes(text));
    const [first, second] = job.open;
    expect(first).toMatchObject({ on: 'UUID=1' });
    expect(first?.key instanceof VolumeKey && Buffer.from(first.key.bytes()).toString()).toBe(canary);
    expect(second).toEqual({ key: { fileName: 'disk.key' } });
    expect(JSON.stringify(job)).not.toContain(canary);
    const struck = marks.secrets.map(({ start, end }) => Buffer.from(bytes(text)).toString('utf8', start, end));
    expect(struck).toEqual([canary]);
  });

  test.each<[string, string, Partial<JobProblem>]>([
    ['both at once', '{ passphrase: "a", key-file: b }', { line: 3, what: 'one-of-keys' }],
    ['neither', '{ on: sda2 }', { line: 3, what: 'one-of-keys' }],
    ['an empty passphrase', '{ passphrase: "" }', { line: 3, what: 'bad-password', key: 'passphrase' }],
    ['two lines', '{ passphrase: "a\\nb" }', { line: 3, what: 'bad-password', key: 'passphrase' }],
    ['one that was struck out', '{ passphrase: "****" }', { line: 3, what: 'struck-out', key: 'passphrase' }],
    ['a number', '{ passphrase: 123 }', { line: 3, what: 'wrong-value', key: 'passphrase' }],
  ])('refuses %s', (_, entry, problem) => {
    expect(problemsIn(withOpen(entry))).toContainEqual(expect.objectContaining(problem));
  });
});

describe('after the run', () => {
  test('a job half struck out still says where the rest of its secrets stands', () => {
    const half = whole.replace('version: 1', 'version: 0').replace(canary, `${canary.slice(0, 5)}${'*'.repeat(21)}`);
    const marks = marksOfRunJob(bytes(half));
    expect(marks?.secrets.map(({ start, end }) => end - start)).toEqual([canary.length, 98]);
    expect(marksOfRunJob(bytes(whole))).toBeUndefined();
    expect(marksOfRunJob(bytes('hello'))).toBeUndefined();
  });
});

test('the language of a refused job is found all the same', () => {
  expect(languageOfJob(bytes('version: 1\r\nlanguage: fr\r\n\tx'))).toBe('fr');
  expect(languageOfJob(bytes('version: 1'))).toBeUndefined();
});
