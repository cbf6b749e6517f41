import { describe, expect, test } from 'vitest';
import { encodeBytes } from '../../../src/formats/bytes.ts';
import { parseSshdConfig } from '../../../src/formats/sshd-config.ts';

const parse = (text: string, version = 902) =>
  parseSshdConfig(encodeBytes(text), version).map(({ keyword, values, line, fault }) => [keyword, values, line, fault]);

test('keywords in any case, with blanks or one equals sign, comments left out', () => {
  const text =
    '# PermitRootLogin yes\n\tpermitrootlogin=no\nInclude "/etc/ssh/with space/*.conf" other # why\n#x\nUsePAM yes\r\n';
  expect(parse(text)).toEqual([
    ['permitrootlogin', ['no'], 2, undefined],
    ['include', ['/etc/ssh/with space/*.conf', 'other'], 3, undefined],
    ['usepam', ['yes'], 5, undefined],
  ]);
});

// Each row was read so by sshd -T of Debian 12 (9.2) and Debian 11 (8.4).
describe('odd quoting, before 8.7 and since', () => {
  test.each([
    ['AllowUsers a\\ b "c d"', ['a b', 'c d'], ['a\\', 'b', 'c d']],
    ["AllowUsers 'a b'", ['a b'], ["'a", "b'"]],
    ['AllowUsers a"b c"d', ['ab cd'], ['ab c', 'd']],
    ['AllowUsers "a#b"', ['a#b'], []],
    ['AllowUsers a=b', ['a=b'], ['a', 'b']],
    ['"AllowUsers" a', ['a'], ['a']],
    ['AllowUsers  =  a', ['a'], ['a']],
    ['AllowUsers a#b', ['a#b'], ['a']],
  ])('%s', (line, since, before) => {
    expect(parse(line, 902)).toEqual([['allowusers', since, 1, undefined]]);
    expect(parse(line, 804)).toEqual([['allowusers', before, 1, undefined]]);
  });

  test('what sshd refuses', () => {
    expect(parse('AllowUsers "a')).toEqual([['allowusers', [], 1, 'quotes']]);
    expect(parse('PermitRootLogin')).toEqual([['permitrootlogin', [], 1, 'no-argument']]);
  });
});
