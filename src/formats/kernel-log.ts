/** Seconds since the kernel started, in front of each line of dmesg(1). */
const stamp = /^\[ *(\d+\.\d+)\] /;

/** When the last line was written, in seconds; before all others where there is none. */
export const lastStampIn = (log: string): number => {
  const last = log.trimEnd().split('\n').at(-1) ?? '';
  return Number(stamp.exec(last)?.[1] ?? -1);
};

/** What ext4 says of a folder whose names it skips, and of which it tells nobody else (Linux, fs/ext4/dir.c, namei.c and inline.c). */
const skipped =
  /EXT4-fs error \(device ([\w-]+)\): (?:ext4_readdir|htree_dirblock_to_tree|ext4_read_inline_dir|ext4_inlinedir_to_tree):\d+: inode #(\d+): .*(?:bad entry in directory|directory fails checksum|hole)/;

/** The inodes of folders that were listed in part only, on one device (loop0) and after a moment. */
export const foldersSkippedIn = (log: string, device: string, afterSeconds: number): readonly number[] => {
  const inodes = log.split('\n').flatMap((line) => {
    const match = skipped.exec(line);
    const isNew = Number(stamp.exec(line)?.[1] ?? -1) > afterSeconds;
    return match && match[1] === device && isNew ? [Number(match[2])] : [];
  });
  return [...new Set(inodes)];
};
