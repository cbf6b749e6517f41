import { expect, test } from 'vitest';
import { encodeBytes } from '../../../src/formats/bytes.ts';
import { parseSshdConfig } from '../../../src/formats/sshd-config.ts';

test('keywords in any case, with blanks or one equals sign, comments left out', () => {
  const text =
    '# PermitRootLogin yes\n\tpermitrootlogin=no\nInclude "/etc/ssh/with space/*.conf" other # why\n#x\nUsePAM yes\r\n';
  expect(parseSshdConfig(encodeBytes(text))).toEqual([
    { keyword: 'permitrootlogin', values: ['no'] },
    { keyword: 'include', values: ['/etc/ssh/with space/*.conf', 'other'] },
    { keyword: 'usepam', values: ['yes'] },
  ]);
});

test('what stands below a Match is not for everybody', () => {
  const text = 'Port 22\nMatch Address 10.0.0.0/8\n  PermitRootLogin yes\n';
  expect(parseSshdConfig(encodeBytes(text)).map(({ keyword }) => keyword)).toEqual(['port']);
});
