import { expect, test } from 'vitest';
import { encodeBytes } from '../../../src/formats/bytes.ts';
import { parseSshdConfig } from '../../../src/formats/sshd-config.ts';

test('keywords in any case, with blanks or one equals sign, comments left out', () => {
  const text =
    '# PermitRootLogin yes\n\tpermitrootlogin=no\nInclude "/etc/ssh/with space/*.conf" other # why\n#x\nUsePAM yes\r\n';
  expect(parseSshdConfig(encodeBytes(text))).toEqual([
    { keyword: 'permitrootlogin', values: ['no'], line: 2 },
    { keyword: 'include', values: ['/etc/ssh/with space/*.conf', 'other'], line: 3 },
    { keyword: 'usepam', values: ['yes'], line: 5 },
  ]);
});
