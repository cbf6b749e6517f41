/** Ways to make a volume that mke2fs(8) knows: every feature that changes how it is read, each block and inode size. */
export interface Variant {
  readonly name: string;
  readonly options: readonly string[];
  readonly sizeMebibytes: number;
  /** Not every kernel knows what is rarely used, and few mount blocks that are larger than a page. */
  readonly isMountable: boolean;
  /** debugfs of e2fsprogs 1.47.0 gives what lies in an inode a wrong length. */
  readonly isRightInDebugfs: boolean;
}

const variant = (name: string, options: string, sizeMebibytes = 64): Variant => ({
  ...{ name, options: options.split(' '), sizeMebibytes },
  isMountable: !/-b (8192|16384|32768|65536)|casefold|quota|verity/.test(options),
  isRightInDebugfs: !options.includes('inline_data'),
});

export const variants: readonly [Variant, ...Variant[]] = [
  variant('usual', '-t ext4 -b 4096'),
  variant('ext2', '-t ext2 -I 128'),
  variant('ext2 of revision 0', '-t ext2 -r 0 -O none -b 1024', 32),
  variant('ext3', '-t ext3 -I 128 -b 1024', 32),
  variant('ext3 with large inodes', '-t ext3 -I 256 -b 2048'),
  variant('blocks of 1 KiB', '-t ext4 -b 1024', 40),
  variant('blocks of 2 KiB', '-t ext4 -b 2048', 40),
  variant('inodes of 128', '-t ext4 -I 128'),
  variant('inodes of 512', '-t ext4 -I 512'),
  variant('inodes of 1024', '-t ext4 -I 1024 -b 1024', 40),
  variant('without checksums', '-t ext4 -O ^metadata_csum'),
  variant('group checksums', '-t ext4 -O ^metadata_csum,uninit_bg'),
  variant('group checksums, 64-bit off', '-t ext4 -O ^metadata_csum,uninit_bg,^64bit'),
  variant('32-bit', '-t ext4 -O ^64bit'),
  variant('seed in the superblock', '-t ext4 -O metadata_csum_seed'),
  variant('inline data', '-t ext4 -O inline_data'),
  variant('inline data in inodes of 1024', '-t ext4 -O inline_data -I 1024'),
  variant('values in inodes', '-t ext4 -O ea_inode'),
  variant('values in inodes, inline data', '-t ext4 -O ea_inode,inline_data -I 512 -b 1024', 40),
  variant('casefold', '-t ext4 -O casefold -E encoding=utf8'),
  variant('bigalloc', '-t ext4 -O bigalloc -C 16384'),
  variant('bigalloc with blocks of 1 KiB', '-t ext4 -O bigalloc -b 1024 -C 16384', 40),
  variant('meta groups', '-t ext4 -O meta_bg,^resize_inode'),
  variant('meta groups, small blocks, small groups', '-t ext4 -O meta_bg,^resize_inode,^flex_bg -b 1024 -g 1024', 60),
  variant('no flexible groups', '-t ext4 -O ^flex_bg -b 1024 -g 2048', 40),
  variant('spares in two groups', '-t ext4 -O sparse_super2 -b 1024 -g 1024', 40),
  variant('spares everywhere', '-t ext4 -O ^sparse_super,^resize_inode -b 1024 -g 2048', 40),
  variant('without folder indexes', '-t ext4 -O ^dir_index'),
  variant('without kinds in folders', '-t ext4 -O ^filetype -b 1024', 40),
  variant('without extents', '-t ext4 -O ^extent,^64bit'),
  variant('without extents, blocks of 1 KiB', '-t ext4 -O ^extent,^64bit,^huge_file -b 1024', 40),
  variant('quota and project', '-t ext4 -O quota,project -E quotatype=usrquota:grpquota:prjquota'),
  variant('orphan file', '-t ext4 -O orphan_file'),
  variant('large folders', '-t ext4 -O large_dir -b 1024', 40),
  variant('verity', '-t ext4 -O verity'),
  variant('encryption', '-t ext4 -O encrypt'),
  variant('fast commits', '-t ext4 -O fast_commit'),
  variant('no journal', '-t ext4 -O ^has_journal'),
  variant('packed metadata', '-t ext4 -E packed_meta_blocks=1'),
  variant('multi-mount protection', '-t ext4 -O mmp'),
  variant('stable inodes', '-t ext4 -O stable_inodes'),
  variant('blocks of 8 KiB', '-t ext4 -b 8192', 80),
  variant('blocks of 16 KiB', '-t ext4 -b 16384 -I 512', 100),
  variant('blocks of 32 KiB', '-t ext4 -b 32768', 140),
  variant('blocks of 64 KiB', '-t ext4 -b 65536 -I 1024', 300),
  variant('blocks of 64 KiB, block lists', '-t ext4 -b 65536 -O ^extent,^64bit', 300),
];
