import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseGptEntries, parseGptHeader } from '../../../src/formats/gpt.ts';
import { createSparse } from '../../support/disk-image.ts';
import { run, withFolder } from '../../support/tools.ts';

/** A table as sfdisk writes it. */
const table = withFolder((folder) => {
  const path = join(folder, 'disk.img');
  createSparse(path, 16);
  const script =
    'label: gpt\nstart=2048, size=4096, name="Été", uuid=0B5C9C0B-6C0A-4B7B-8B6E-0123456789AB\nsize=1MiB\n';
  run('sfdisk', ['--quiet', path], script);
  truncateSync(path, 1 << 20);
  return readFileSync(path);
});

const headerOf = (bytes: Uint8Array) => parseGptHeader(bytes.subarray(512, 1024));

test('reads what sfdisk wrote', () => {
  const header = headerOf(table);
  if (!header) throw new Error('no header');
  expect(header).toMatchObject({ entriesAt: 2, entryCount: 128, entryBytes: 128, otherCopyAt: 32767 });
  const entries = parseGptEntries(table.subarray(1024), header, 512);
  expect(entries?.[0]).toEqual({
    number: 1,
    offsetBytes: 1 << 20,
    sizeBytes: 2 << 20,
    label: 'Été',
    uuid: '0b5c9c0b-6c0a-4b7b-8b6e-0123456789ab',
  });
  expect(entries?.map(({ number, sizeBytes }) => [number, sizeBytes])).toEqual([
    [1, 2 << 20],
    [2, 1 << 20],
  ]);
});

test('one flipped bit anywhere, and it is not believed', () => {
  const header = headerOf(table);
  if (!header) throw new Error('no header');
  for (const at of [512, 520, 584, 592, 596]) {
    const spoilt = Buffer.from(table);
    spoilt[at] = (spoilt[at] ?? 0) ^ 1;
    expect(headerOf(spoilt), `${at}`).toBeUndefined();
  }
  const spoilt = Buffer.from(table.subarray(1024));
  spoilt[40] = (spoilt[40] ?? 0) ^ 1;
  expect(parseGptEntries(spoilt, header, 512)).toBeUndefined();
  expect(parseGptEntries(table.subarray(1024, 2048), header, 512)).toBeUndefined();
});

test('rubbish is none', () => {
  expect(parseGptHeader(new Uint8Array(512))).toBeUndefined();
  expect(parseGptHeader(Buffer.from('EFI PART'))).toBeUndefined();
});
