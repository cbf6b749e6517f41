import { expect, test } from 'vitest';
import { formatTarHeaders, readTar, type TarMember } from '../../../src/formats/tar.ts';
import { run } from '../../support/tools.ts';

/** A header as Python writes it, in one of its formats. */
const headerOf = (format: 'PAX' | 'GNU', name: string, sizeBytes: number): Buffer => {
  const script = `import sys, tarfile, base64
info = tarfile.TarInfo(sys.argv[1]); info.size = int(sys.argv[2]); info.mtime = 1.5 if '${format}' == 'PAX' else 1
print(base64.b64encode(info.tobuf(tarfile.${format}_FORMAT)).decode())`;
  return Buffer.from(run('python3', ['-c', script, name, `${sizeBytes}`]), 'base64');
};

/** Headers as Python reads them: name and size. */
const pythonReads = (headers: Buffer): string => {
  const script = `import sys, io, tarfile, base64
tar = tarfile.open(fileobj=io.BytesIO(base64.b64decode(sys.stdin.read())), mode='r:')
print(tar.firstmember.name, tar.firstmember.size)`;
  return run('python3', ['-c', script], headers.toString('base64')).trim();
};

/** Zeros between two members, of which the source holds none. */
const openVast = (first: Buffer, gapBytes: number, second: Buffer) =>
  async function* (startBytes: number): AsyncGenerator<Uint8Array> {
    if (startBytes < first.length) yield first.subarray(startBytes);
    for (let at = Math.max(startBytes, first.length); at < first.length + gapBytes; at += 512)
      yield new Uint8Array(Math.min(512, first.length + gapBytes - at));
    yield second.subarray(Math.max(0, startBytes - first.length - gapBytes));
    yield new Uint8Array(1024);
  };

const membersOf = async (open: Parameters<typeof readTar>[0]): Promise<readonly TarMember[]> => {
  const members: TarMember[] = [];
  for await (const member of readTar(open)) members.push(member);
  return members;
};

const vastBytes = 9 * 2 ** 30;

test.each(['PAX', 'GNU'] as const)('what stands behind a member of 9 GiB is reached at once: %s', async (format) => {
  const open = openVast(headerOf(format, 'vast.tar.gz', vastBytes), vastBytes, headerOf(format, 'last', 0));
  const members = await membersOf(open);
  expect(members.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
    ['vast.tar.gz', vastBytes],
    ['last', 0],
  ]);
});

test.each([
  ['PAX', vastBytes - 17],
  ['GNU', vastBytes - 17],
  ['PAX', 1000],
  ['GNU', 1000],
] as const)('Python reads the changed headers of a vast member: %s, %i bytes', async (format, sizeBytes) => {
  const name = `${'deep/'.repeat(40)}vast.tar.gz`;
  const [member] = await membersOf(openVast(headerOf(format, name, vastBytes), vastBytes, headerOf(format, 'last', 0)));
  if (member === undefined) throw new Error('no member');
  expect(pythonReads(Buffer.concat([...formatTarHeaders(member, sizeBytes)]))).toBe(`${name} ${sizeBytes}`);
});

test('records that no longer hold are left out', async () => {
  const [member] = await membersOf(openVast(headerOf('PAX', 'a', 1), 512, Buffer.alloc(0)));
  if (member === undefined) throw new Error('no member');
  const text = Buffer.concat([...formatTarHeaders(member, 1, (key) => key === 'mtime')]).toString('latin1');
  expect(text).not.toContain('mtime');
});

test.each([1, 512, 100_000])(
  'an archive that ends %i bytes early is cut short, however far is leapt',
  async (missing) => {
    const size = 1_000_000;
    const open = openVast(headerOf('PAX', 'a', size), size - missing, Buffer.alloc(0));
    // The end of the archive would follow; here nothing does.
    const cut = async function* (startBytes: number): AsyncGenerator<Uint8Array> {
      let left = headerOf('PAX', 'a', size).length + size - missing - startBytes;
      for await (const chunk of open(startBytes)) {
        if (left > 0) yield chunk.subarray(0, left);
        left -= chunk.length;
      }
    };
    await expect(membersOf(cut)).rejects.toThrow('cut short');
  },
);

test.each([
  ['a size that is no number', 124, 'x'],
  ['a size beyond all bounds', 124, '\xff'],
])('%s is no header', async (_what, at, value) => {
  const header = headerOf('GNU', 'a', 5);
  header.write(value, at, 'latin1');
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  if (value === '\xff') header.fill(0xff, 124, 136);
  await expect(membersOf(openVast(header, 512, Buffer.alloc(0)))).rejects.toThrow('no tar header');
});
