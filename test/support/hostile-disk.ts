import { readFileSync } from 'node:fs';
import { createExtImage, poke } from './disk-image.ts';
import { createGptDisk, fromFile } from './gpt-disk.ts';
import { run } from './tools.ts';

/** linux/fs/ext4/ext4.h, struct ext4_dir_entry_2: the length of the record stands four bytes before the name. */
const nameAt = 8;
const recordLengthAt = 4;

/** Where the folder `etc` is named in the root folder. */
const findEtc = (file: string): number => {
  const block = Number(run('debugfs', ['-R', 'bmap <2> 0', file]));
  const start = block * 1024;
  return (
    start +
    readFileSync(file)
      .subarray(start, start + 1024)
      .indexOf('etc') -
    nameAt
  );
};

/** A Linux with 1 KiB blocks whose `etc` is what `spoil` makes of it. */
const spoilt = (label: string, options: readonly string[], spoil: (file: string) => void) =>
  fromFile((file, sizeBytes) => {
    const files = { 'etc/os-release': 'ID=debian\nNAME=Debian\n', 'etc/passwd': 'root:x:0:0::/root:/bin/sh\n' };
    createExtImage(file, { label, files, sizeMebibytes: sizeBytes >> 20, options: ['-b', '1024', ...options] });
    spoil(file);
  });

/**
 * A disk that asks the kernel to panic when it meets damage, in each way that ext4 has a word for, and has damage where
 * every look passes. Never to be mounted but in an emulated machine.
 */
export const createHostileDisk = (path: string): void => {
  createGptDisk(path, [
    {
      name: 'behaviour',
      type: 'linux',
      sizeMebibytes: 16,
      fill: spoilt('panic-behaviour', ['-O', '^metadata_csum'], (file) => {
        run('tune2fs', ['-e', 'panic', file]);
        // No record is 13 bytes long. Where the kernel lives on, it takes the folder for one that is not there.
        poke(file, findEtc(file) + recordLengthAt, Buffer.from([13, 0]));
      }),
    },
    {
      name: 'options',
      type: 'linux',
      sizeMebibytes: 16,
      fill: spoilt('panic-options', ['-O', 'metadata_csum'], (file) => {
        run('tune2fs', ['-E', 'mount_opts=errors=panic', file]);
        // Reading the folder fails: another name than the one that the block's checksum was made of.
        poke(file, findEtc(file) + nameAt, Buffer.from('ETC'));
      }),
    },
  ]);
};
