import { expect, test } from 'vitest';
import { parseBlkid } from '../../../src/formats/blkid.ts';

const parse = (text: string) => parseBlkid(Buffer.from(text, 'latin1'));

test('a partition, as blkid shows it through its node', () => {
  const output = `ID_FS_LABEL=hassos-data
ID_FS_LABEL_ENC=hassos-data
ID_FS_UUID=34f546d9-8f7b-48f0-ae90-0378c596265e
ID_FS_UUID_ENC=34f546d9-8f7b-48f0-ae90-0378c596265e
ID_FS_VERSION=1.0
ID_FS_BLOCK_SIZE=4096
ID_FS_TYPE=ext4
ID_FS_USAGE=filesystem
ID_PART_ENTRY_SCHEME=gpt
ID_PART_ENTRY_NAME=hassos-data\\x20two
ID_PART_ENTRY_UUID=a52a4597-fa3a-4851-aefd-2fbe9f849079
ID_PART_ENTRY_NUMBER=8
`;
  expect(parse(output)).toEqual({
    type: 'ext4',
    label: 'hassos-data',
    uuid: '34f546d9-8f7b-48f0-ae90-0378c596265e',
    partLabel: 'hassos-data two',
    partUuid: 'a52a4597-fa3a-4851-aefd-2fbe9f849079',
  });
});

test('a partition table', () => {
  expect(parse('ID_PART_TABLE_UUID=ae4c81c6-58d9-4415-aa25-1c4ea888722a\nID_PART_TABLE_TYPE=gpt\n')).toEqual({
    tableType: 'gpt',
    tableUuid: 'ae4c81c6-58d9-4415-aa25-1c4ea888722a',
  });
});

test('only the encoded label counts: the plain one is mangled', () => {
  const output = 'ID_FS_LABEL=a_[31m_"b\\c_d\nID_FS_LABEL_ENC=a\\x1b\\x5b31m\\xff\\x22b\\x5cc\\x0ad\nID_FS_TYPE=ext4\n';
  expect(parse(output)).toEqual({ type: 'ext4', label: 'a\x1b[31m\udcff"b\\c\nd' });
});

test('nothing', () => {
  expect(parse('')).toEqual({});
  expect(parse('ID_FS_TYPE=\n=x\nnoise\n')).toEqual({});
});
