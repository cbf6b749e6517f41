import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { memberOf, parseJson, withJsonString } from '../../../src/formats/json-edit.ts';
import { isRescueError } from '../../../src/model/errors.ts';
import { run } from '../../support/tools.ts';

const path = '/store.json';
const bytesOf = (text: string) => Buffer.from(text);
const parse = (text: string) => parseJson(bytesOf(text), path);
const edit = (text: string, location: readonly (string | number)[], value = 'new') =>
  Buffer.from(withJsonString(parse(text), location, value)).toString();
const caught = (action: () => unknown): unknown => {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
};
const codeOf = (action: () => unknown) => {
  const error = caught(action);
  return isRescueError(error) ? error.code : (error ?? 'nothing thrown');
};

test('one value changes; layout, numbers as written and unknown keys stay', () => {
  const text =
    '\t{ "v":1.0 ,\r\n"data":{"big":123456789012345678901234567890,"e":1E5,"users":[ {},{"n":"é\\u00e9","p" : "old"} ]},"x":[]}\n\n';
  expect(edit(text, ['data', 'users', 1, 'p'])).toBe(text.replace('"old"', '"new"'));
});

test('a value that needs escapes comes back as it was for Python', () => {
  const value = 'quote " backslash \\ newline \n é 🔑 </script>';
  const after = edit('{"p":"old"}', ['p'], value);
  const script = 'import json, sys; print(json.load(sys.stdin)["p"], end="")';
  expect(run('python3', ['-c', script], after)).toBe(value);
});

test('of keys that occur twice the last one counts, as in Python', () => {
  const text = '{"a":{"p":"one"},"a":{"p":"two","p":"three"}}';
  expect(edit(text, ['a', 'p'])).toBe('{"a":{"p":"one"},"a":{"p":"two","p":"new"}}');
  const script = 'import json, sys; print(json.load(sys.stdin)["a"]["p"])';
  expect(run('python3', ['-c', script], text).trim()).toBe('three');
});

test('escaped key names are found', () => {
  expect(edit('{"\\u0070":"old"}', ['p'])).toBe('{"\\u0070":"new"}');
});

test('members called like an object’s own machinery are only members', () => {
  const { value } = parse('{"__proto__":{"users":[1]},"constructor":2}');
  expect(memberOf(value, 'users')).toBeUndefined();
  expect(memberOf(memberOf(value, '__proto__'), 'users')).toEqual([1]);
  expect(memberOf(value, 'toString')).toBeUndefined();
  expect(memberOf([1], 'length')).toBe(1);
  expect(edit('{"__proto__":{"p":"old"}}', ['__proto__', 'p'])).toBe('{"__proto__":{"p":"new"}}');
});

test('a place that is not there is not made', () => {
  for (const location of [['b'], ['a', 'b'], ['a', 0], ['list', 1], ['list', 'x'], ['list', -1]]) {
    expect(codeOf(() => edit('{"a":"x","list":["y"]}', location))).toBe('file-corrupt');
  }
});

/** What orjson 3 refused when it was asked, beside what no JSON reader takes. */
const refused: Readonly<Record<string, string | Uint8Array>> = {
  'nothing at all': '',
  'a comment': '{} // x',
  'a comment inside': '{/* x */}',
  'a trailing comma': '[1,]',
  'a byte order mark': '\ufeff{}',
  'invalid UTF-8': Uint8Array.from([0x22, 0xe9, 0x22]),
  NaN: '[NaN]',
  Infinity: '[-Infinity]',
  'single quotes': "{'a':1}",
  'more after the end': '{}x',
  'a NUL after the end': '{}\0',
  'half a file': '{"a":',
  'a leading zero': '[01]',
  'a control character in a string': '["\t"]',
  'a number beyond a double': '[1e999]',
  'half a surrogate pair': '["\\ud800"]',
  'half a surrogate pair in a key': '{"\\udc00":1}',
  'too many brackets': `${'['.repeat(1025)}${']'.repeat(1025)}`,
  'a bomb of brackets': '['.repeat(200_000),
  'a closed bomb of brackets': `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`,
};

describe('refused as Home Assistant would', () => {
  test.each(Object.keys(refused))('%s', (name) => {
    const content = refused[name] ?? '';
    expect(codeOf(() => parseJson(typeof content === 'string' ? bytesOf(content) : content, path))).toBe(
      'file-corrupt',
    );
  });
});

test('strings of megabytes are read, whatever they are made of', () => {
  for (const part of ['a', '\\n', '\\\\', '1', '[', '\\ud83d\\udd11']) {
    const text = `{"p":"${part.repeat(8_000_000 / part.length)}","q":"old"}`;
    expect(edit(text, ['q']).endsWith('"q":"new"}')).toBe(true);
  }
});

test('a refusal does not quote the file', () => {
  const error = caught(() => parse('{"password": "canary" canary}'));
  expect(JSON.stringify(error)).toContain('line 1 column 23');
  expect(`${JSON.stringify(error)} ${inspect(error)}`).not.toContain('canary');
});

test('what orjson takes is taken', () => {
  const texts = [
    '-0',
    ' {"a":1,"a":2} ',
    '"\x7f"',
    '[1e5]',
    '"[[[[\\"{{"',
    `${'['.repeat(1024)}${']'.repeat(1024)}`,
    '"\\ud83d\\udd11"',
  ];
  for (const text of texts) expect(codeOf(() => parse(text))).toBe('nothing thrown');
});
