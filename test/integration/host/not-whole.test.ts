import { truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sha256, writeFiles } from '../../support/disk-image.ts';
import { createGptDisk, type Extent, ext4 } from '../../support/gpt-disk.ts';
import { linuxFiles } from '../../support/linux-disk.ts';
import { createPartitioned, scratchFolder } from '../../support/scratch.ts';
import { resetArgs, sparekey, sparekeyJson } from '../../support/sparekey.ts';
import { run } from '../../support/tools.ts';

/** Tables and file systems of which a part is not there: copied to something smaller, cut short, behind another adapter. */

const at = scratchFolder('not-whole');
const mebibyte = 1 << 20;

const system = ext4('root', (root) => {
  writeFiles(root, linuxFiles.files ?? {});
  linuxFiles.populate?.(root);
});

const createDisk = (name: string, count = 1): { readonly path: string; readonly extents: readonly Extent[] } => {
  const path = at(name);
  const partition = { type: 'linux', sizeMebibytes: 32, fill: system } as const;
  const extents = createGptDisk(
    path,
    Array.from({ length: count }, (_, index) => ({ name: `root${index + 1}`, ...partition })),
  );
  return { path, extents };
};

const endOf = (extents: readonly Extent[]): number => {
  const last = extents.at(-1);
  if (!last) throw new Error('no partition');
  return last.offsetBytes + last.sizeBytes;
};

test('where only the copy of the table at the end is gone, everything works, and the table is left alone', () => {
  const { path, extents } = createDisk('no-backup.img');
  truncateSync(path, endOf(extents));
  expect(run('sh', ['-c', 'partx --pairs "$1" 2>&1 || true', 'sh', path])).not.toContain('NR=');
  const { document } = sparekeyJson(['scan', '--disk', path]);
  expect(document).toMatchObject({
    disks: [{ table: 'gpt', hasOneTableCopy: true }],
    systems: [{ profile: 'debian' }],
    warnings: [{ code: 'one-table-copy' }],
  });
  const [partuuid] = run('sh', ['-c', 'sfdisk --part-uuid "$1" 1 2>/dev/null || true', 'sh', path]).split('\n');
  if (partuuid) expect(document.volumes[0].partUuid).toBe(partuuid.toLowerCase());
  const table = () => run('sh', ['-c', 'head -c 1048576 "$1" | sha256sum', 'sh', path]);
  const before = table();
  expect(sparekey(resetArgs(path, 'bob'), 'brand new\n').exitCode).toBe(0);
  expect(table()).toBe(before);
});

test('names, numbers and places are those that sgdisk reads from the whole disk', () => {
  const { path, extents } = createDisk('several.img', 3);
  run('sgdisk', ['--delete=2', path]);
  const listed = [1, 3].map((number) => run('sgdisk', [`--info=${number}`, path]));
  truncateSync(path, endOf(extents));
  const { document } = sparekeyJson(['scan', '--disk', path]);
  expect(document.volumes).toHaveLength(2);
  for (const [index, info] of listed.entries()) {
    const [, uuid = ''] = /unique GUID: (\S+)/.exec(info) ?? [];
    const [, name] = /name: '(.*)'/.exec(info) ?? [];
    const volume = document.volumes[index];
    expect(volume).toMatchObject({ partUuid: uuid.toLowerCase(), partLabel: name, sizeBytes: 32 * mebibyte });
    expect(volume.selector).toBe(`several.img:${[1, 3][index]}`);
  }
});

test('a file system whose end is missing is said to be one, in megabytes, and never written', () => {
  const { path, extents } = createDisk('cut.img');
  truncateSync(path, endOf(extents) - 10 * mebibyte);
  const before = sha256(path);
  const { stdout, stderr, exitCode } = sparekey(['scan', '--disk', path]);
  expect(exitCode).toBe(0);
  expect(stdout + stderr).toContain('The last 10 MB of cut.img:1 are not there');
  const refused = sparekey(resetArgs(path, 'bob'), 'brand new\n');
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain('The last 10 MB');
  expect(sparekey(['cat', '/etc/debian_version', '--disk', path]).stdout).toBe('12.7\n');
  expect(sha256(path)).toBe(before);
});

test.each([
  ['ext4', ['mkfs.ext4', '-q', '-F']],
  ['xfs', ['mkfs.xfs', '-q', '-f']],
  ['btrfs', ['mkfs.btrfs', '-q', '-f']],
] as const)('an image of one %s that ends too early', (type, [program, ...options]) => {
  const path = at(`${type}.img`);
  run('truncate', ['-s', '320M', path]);
  run(program, [...options, path]);
  const whole = sparekeyJson(['scan', '--disk', path]).document;
  expect(whole.volumes[0]).not.toHaveProperty('missingBytes');
  truncateSync(path, 300 * mebibyte);
  const { document } = sparekeyJson(['scan', '--disk', path]);
  expect(document.volumes).toMatchObject([{ filesystem: type, missingBytes: 20 * mebibyte }]);
  expect(document.warnings).toMatchObject([{ code: 'cannot-look' }]);
});

test('a partition that is whole is looked into beside one that is cut', () => {
  const path = createPartitioned(at('mbr.img'), 80, 'label: dos\nstart=2048, size=32MiB\nsize=32MiB\n');
  system(path, { number: 1, name: 'root', offsetBytes: mebibyte, sizeBytes: 32 * mebibyte });
  truncateSync(path, 40 * mebibyte);
  const { document } = sparekeyJson(['scan', '--disk', path]);
  expect(document.systems).toMatchObject([{ profile: 'debian' }]);
  expect(document.volumes).toMatchObject([{ sizeBytes: 32 * mebibyte }, { missingBytes: 25 * mebibyte }]);
});

test('a disk made with sectors of 512 bytes, behind an adapter that shows 4096', () => {
  const { path } = createDisk('512.img');
  const device = run('losetup', ['--find', '--show', '--sector-size', '4096', path]).trim();
  try {
    expect(sparekeyJson(['scan', '--disk', device]).document.systems).toMatchObject([{ profile: 'debian' }]);
    expect(sparekey(resetArgs(device, 'bob'), 'brand new\n').exitCode).toBe(0);
  } finally {
    run('losetup', ['--detach', device]);
  }
  const [extent] = createDisk('other.img').extents;
  const volume = at('volume.img');
  const range = ['iflag=skip_bytes,count_bytes', `skip=${extent?.offsetBytes}`, `count=${extent?.sizeBytes}`];
  run('dd', [`if=${path}`, `of=${volume}`, 'bs=1M', 'status=none', ...range]);
  run('e2fsck', ['-fn', volume]);
});
