import { chmodSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, withFolder } from './tools.ts';

const mebibyte = 1 << 20;

const typeUuids = {
  'bios-boot': '21686148-6449-6E6F-744E-656564454649',
  efi: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  linux: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
  swap: '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F',
};

/** Writes a file system to its place in a disk image. */
export type Fill = (disk: string, extent: Extent) => void;

export interface GptPartition {
  readonly name: string;
  readonly type: keyof typeof typeUuids;
  /** PARTUUID; a new one unless told. */
  readonly uuid?: string;
  readonly sizeMebibytes: number;
  /** Makes the content, inside the disk image; without it the partition is all zeros. */
  readonly fill?: Fill;
}

/** Where a partition of an image lies: what losetup --offset and --sizelimit want. */
export interface Extent {
  readonly number: number;
  readonly name: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** Makes a sparse disk image with a GPT, its partitions aligned to 1 MiB one behind the other. */
export const createGptDisk = (path: string, partitions: readonly GptPartition[]): readonly Extent[] => {
  let next = 1;
  const extents = partitions.map((partition, index): Extent => {
    const start = next;
    next += partition.sizeMebibytes;
    return {
      number: index + 1,
      name: partition.name,
      offsetBytes: start * mebibyte,
      sizeBytes: partition.sizeMebibytes * mebibyte,
    };
  });
  writeFileSync(path, '');
  truncateSync(path, (next + 1) * mebibyte);
  const lines = partitions.map(({ name, type, uuid, sizeMebibytes }) =>
    [`size=${sizeMebibytes}MiB`, `type=${typeUuids[type]}`, `name="${name}"`, ...(uuid ? [`uuid=${uuid}`] : [])].join(),
  );
  run('sfdisk', ['--quiet', path], ['label: gpt', 'first-lba: 2048', ...lines, ''].join('\n'));
  partitions.forEach(({ fill }, index) => {
    const extent = extents[index];
    if (extent) fill?.(path, extent);
  });
  return extents;
};

/** An ext4 file system that holds what writeTree puts into a folder; its root folder is 0755, as mke2fs makes it. */
export const ext4 =
  (label: string, writeTree: (root: string) => void): Fill =>
  (disk, { offsetBytes, sizeBytes }) =>
    withFolder((root) => {
      chmodSync(root, 0o755);
      writeTree(root);
      const options = ['-t', 'ext4', '-L', label, '-I', '256', '-E', `offset=${offsetBytes}`, '-d', root];
      run('mke2fs', ['-q', '-F', ...options, disk, `${sizeBytes / 1024}k`]);
    });

/** A FAT file system with these files at its top. */
export const vfat =
  (label: string, files: Readonly<Record<string, string>>): Fill =>
  (disk, { offsetBytes, sizeBytes }) => {
    run('mkfs.vfat', ['-F', '16', '-n', label, '--offset', `${offsetBytes / 512}`, disk, `${sizeBytes / 1024}`]);
    for (const [name, content] of Object.entries(files)) {
      run('mcopy', ['-i', `${disk}@@${offsetBytes}`, '-', `::${name}`], content);
    }
  };

/** Whatever a tool makes as a file of its own; the file does not exist at first and is laid into the disk when it is done. */
export const fromFile =
  (make: (file: string, sizeBytes: number) => void): Fill =>
  (disk, { offsetBytes, sizeBytes }) =>
    withFolder((folder) => {
      const file = join(folder, 'content');
      make(file, sizeBytes);
      const seek = `seek=${offsetBytes / mebibyte}`;
      run('dd', [`if=${file}`, `of=${disk}`, 'bs=1M', seek, 'conv=notrunc,sparse', 'status=none']);
    });

/** A read-only file system that holds what writeTree puts into a folder. */
export const erofs = (writeTree: (root: string) => void): Fill =>
  fromFile((file) =>
    withFolder((root) => {
      writeTree(root);
      run('mkfs.erofs', ['--quiet', file, root]);
    }),
  );

/** The older kind of the same. */
export const squashfs = (writeTree: (root: string) => void): Fill =>
  fromFile((file) =>
    withFolder((root) => {
      writeTree(root);
      run('mksquashfs', [root, file, '-no-progress', '-quiet']);
    }),
  );

export const swap: Fill = fromFile((file, sizeBytes) => {
  writeFileSync(file, '');
  truncateSync(file, sizeBytes);
  chmodSync(file, 0o600);
  run('mkswap', [file]);
});
