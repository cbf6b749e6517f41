import { expect, test } from 'vitest';
import { decodeBytes, encodeBytes } from '../../../src/formats/bytes.ts';
import { classifyPasswordField } from '../../../src/formats/password-field.ts';
import { parseShadow, withShadowChange, withShadowLine } from '../../../src/formats/shadow.ts';
import { seededRandom } from '../../support/random.ts';
import { run } from '../../support/tools.ts';

const bytesOf = (text: string) => encodeBytes(text);
const change = (text: string, name: string, ...[what]: [Parameters<typeof withShadowChange>[2]]) => {
  const entry = parseShadow(bytesOf(text)).find((each) => each.name === name);
  if (!entry) throw new Error(`no ${name}`);
  return decodeBytes(withShadowChange(bytesOf(text), entry, what));
};

test('days are read, and what is no day counts as not set', () => {
  const [bob, eve] = parseShadow(bytesOf('bob:$6$a$b:19000:0:90:7:14:20000:\neve:!:-1:x::::99999999999:\n'));
  expect(bob).toEqual({
    line: 0,
    name: 'bob',
    hash: '$6$a$b',
    changedDay: 19000,
    maxDays: 90,
    inactiveDays: 14,
    expiryDay: 20000,
  });
  expect(eve).toMatchObject({ changedDay: undefined, maxDays: undefined, expiryDay: undefined });
});

test('only the fields that are named change', () => {
  const line = 'bob:old:19000:1:90:7:14:20000:flag\r\n';
  expect(change(line, 'bob', { hash: 'new' })).toBe('bob:new:19000:1:90:7:14:20000:flag\r\n');
  expect(change(line, 'bob', { hash: 'new', changedDay: 20500 })).toBe('bob:new:20500:1:90:7:14:20000:flag\r\n');
  expect(change(line, 'bob', { hash: 'new', expiryDay: undefined })).toBe('bob:new:19000:1:90:7:14::flag\r\n');
  expect(change(line, 'bob', { hash: 'new', changedDay: undefined })).toBe('bob:new::1:90:7:14:20000:flag\r\n');
});

test('a line cut short becomes one that libc reads', () => {
  expect(change('bob:old', 'bob', { hash: 'new', changedDay: 20500 })).toBe('bob:new:20500::::::');
  expect(change('bob:old:1:2\r\n', 'bob', { hash: 'new' })).toBe('bob:new:1:2:::::\r\n');
});

test('a line for an account without one, in the habit of the file', () => {
  const add = (text: string, day?: number) => decodeBytes(withShadowLine(bytesOf(text), 'bob', 'hash', day));
  expect(add('root:*:1::::::\n', 20500)).toBe('root:*:1::::::\nbob:hash:20500::::::\n');
  expect(add('root:*:1::::::')).toBe('root:*:1::::::\nbob:hash:::::::');
});

test('in files of odd lines every other line stays, and a foreign reader finds the new hash', () => {
  const random = seededRandom(6);
  const oddities = [
    '# note',
    '',
    '+::::::::',
    'caf\udce9:*:1::::::',
    'no colon',
    'x:y',
    ':::::',
    '\0bin',
    '\tdaemon:*:1:0:99999:7:::',
  ] as const;
  const cases = Array.from({ length: 300 }, () => {
    const lines: string[] = Array.from({ length: random.below(12) }, () => random.pick(oddities));
    const at = random.below(lines.length + 1);
    const twins = random.below(2) === 0 ? [] : ['bob:second:1::::::'];
    const all = [...lines.slice(0, at), 'bob:first:19000:0:99999:7:::', ...lines.slice(at), ...twins];
    return { at, before: all.join(random.pick(['\n', '\r\n'])) + random.pick(['', '\n']) };
  });
  const after = cases.map(({ before }) => change(before, 'bob', { hash: '$6$new', changedDay: 20600 }));
  const expected = cases.map(({ before }) => before.replace('bob:first:19000', 'bob:$6$new:20600'));
  expect(after).toEqual(expected);
  // What Python, splitting bytes by itself, finds for the first bob of each file.
  const script = [
    'import sys, base64',
    'for line in sys.stdin:',
    '    rows = [row.split(b":") for row in base64.b64decode(line).splitlines()]',
    '    print(b":".join([row for row in rows if row[0] == b"bob"][0][:3]).decode())',
  ].join('\n');
  const input = after.map((text) => `${Buffer.from(encodeBytes(text)).toString('base64')}\n`).join('');
  expect(new Set(run('python3', ['-c', script], input).trim().split('\n'))).toEqual(new Set(['bob:$6$new:20600']));
});

test('what a password field says', () => {
  expect(classifyPasswordField('')).toBe('empty');
  for (const field of ['!', '*', '!!', '!*', '!$6$salt$hash', '*LK*'])
    expect(classifyPasswordField(field)).toBe('locked');
  for (const field of ['$6$salt$hash', '$y$j9T$a$b', '$2b$12$x', 'rl0uE0wpfn8U.', '_J9..rasmBYk8r9AiWNc']) {
    expect(classifyPasswordField(field)).toBe('hash');
  }
  for (const field of ['x', 'NP', 'plain text', '$6$', 'rl0uE0wp'])
    expect(classifyPasswordField(field)).toBe('unusable');
});
