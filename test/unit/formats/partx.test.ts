import { expect, test } from 'vitest';
import { parsePartx } from '../../../src/formats/partx.ts';

const parse = (text: string) => parsePartx(Buffer.from(text));

test('GPT entries', () => {
  const output = `NR="1" START="2048" SECTORS="20480" NAME="odd \\x22n\\x5came" UUID="3971addb-0b07-483f-9488-878536797279" TYPE="0fc63daf-8483-4772-8e79-3d69d8477de4"
NR="2" START="22528" SECTORS="20480" NAME="\\xc3\\xa9" UUID="61c94ee4-0229-44c4-8862-1021515dc275" TYPE="0fc63daf-8483-4772-8e79-3d69d8477de4"
`;
  expect(parse(output)).toEqual([
    {
      number: 1,
      offsetBytes: 1048576,
      sizeBytes: 10485760,
      label: 'odd "n\\ame',
      uuid: '3971addb-0b07-483f-9488-878536797279',
    },
    {
      number: 2,
      offsetBytes: 11534336,
      sizeBytes: 10485760,
      label: 'é',
      uuid: '61c94ee4-0229-44c4-8862-1021515dc275',
    },
  ]);
});

test('MBR: extended partitions are boxes', () => {
  const line = (number: number, type: string) =>
    `NR="${number}" START="2048" SECTORS="2048" NAME="" UUID="48617373-0${number}" TYPE="${type}"\n`;
  const output = ['0xc', '0x5', '0xf', '0x85', '0x83'].map((type, index) => line(index + 1, type)).join('');
  expect(parse(output)).toEqual([
    { number: 1, offsetBytes: 1048576, sizeBytes: 1048576, uuid: '48617373-01' },
    { number: 5, offsetBytes: 1048576, sizeBytes: 1048576, uuid: '48617373-05' },
  ]);
});

test('empty and unreadable entries are none', () => {
  expect(parse('')).toEqual([]);
  expect(parse('NR="0" START="1" SECTORS="1" NAME="" UUID="" TYPE=""\n')).toEqual([]);
  expect(parse('NR="1" START="2048" SECTORS="0" NAME="" UUID="" TYPE=""\n')).toEqual([]);
  expect(parse('partx: something else\n')).toEqual([]);
});

test('a name cannot pose as another column', () => {
  const [partition] = parse('NR="7" START="2048" SECTORS="8" NAME="x\\x22 NR=\\x229" UUID="" TYPE="0x83"\n');
  expect(partition).toEqual({ number: 7, offsetBytes: 1048576, sizeBytes: 4096, label: 'x" NR="9' });
});
