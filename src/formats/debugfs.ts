import type { EntryKind } from '../model/tree.ts';

/**
 * What e2fsprogs' debugfs(8) prints, as Latin-1: a character for each byte. The disk behind it may be ill-meant, and
 * names and links in what it prints can pretend to be anything; so every number is to be checked where it is used.
 */

/** One line of `ls -p`. */
export interface DebugfsEntry {
  readonly inode: number;
  readonly kind: EntryKind;
  /** Latin-1. */
  readonly name: string;
  /** 0 for a folder. */
  readonly sizeBytes: number;
}

/** Blocks of a file: from `first`, `count` of them, to be found at block `at` of the volume. */
export interface DebugfsBlocks {
  readonly first: number;
  readonly count: number;
  readonly at: number;
}

/** What `stat` tells of an inode. */
export interface DebugfsInode {
  readonly kind: EntryKind;
  /** debugfs' own word: regular, FIFO, block special, … */
  readonly type: string;
  readonly sizeBytes: number;
  /** 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  /** Nanoseconds since 1970. */
  readonly accessedAtNs: bigint;
  readonly modifiedAtNs: bigint;
  /** chattr +i or +a. */
  readonly isImmutable: boolean;
  /** The content stands in the inode itself. */
  readonly isInline: boolean;
  /** What a short symbolic link leads to; Latin-1. */
  readonly linkTarget?: string;
  /** In the order of the file; what is between them is a hole. */
  readonly blocks: readonly DebugfsBlocks[];
  /** How many blocks are listed, those of the list itself and unwritten ones too. */
  readonly listedBlocks: number;
  /** How many sectors of 512 bytes the inode says it takes. */
  readonly sectors: number;
}

/** `/INODE/MODE/UID/GID/NAME/SIZE/`. A name can hold a line end, but never a slash. */
const entryLine = /\/(\d+)\/(\d{6})\/\d+\/\d+\/([^/\0]{1,255})\/(\d*)\/\n/y;

/** What is shorter may be the beginning of one. */
const longestLine = 350;

/** By the bits of the mode that tell the type (inode(7), S_IFMT). */
const kinds = new Map<number, EntryKind>([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'symlink'],
]);

/** The beginning of a line about an inode in use, whatever follows. */
const oddLine = /\/0*[1-9]\d*\/\d{6}\/\d+\/\d+\//y;

export interface TakenEntries {
  readonly entries: readonly DebugfsEntry[];
  /** Of `.` and `..`, which every folder has once. */
  readonly dots: number;
  /** How many entries have no name that a file can have: with a slash in it, or a zero byte, or none at all. */
  readonly odd: number;
  /** May go on with what is printed next. */
  readonly rest: string;
}

/** Takes entries off the front of what `ls -p` printed so far. */
export const takeEntries = (text: string): TakenEntries => {
  const entries: DebugfsEntry[] = [];
  let [at, dots, odd] = [0, 0, 0];
  while (at < text.length) {
    entryLine.lastIndex = at;
    const match = entryLine.exec(text);
    if (match) {
      const [, inode, mode = '', name = '', size] = match;
      const kind = kinds.get(Number.parseInt(mode, 8) & 0o170000) ?? 'other';
      if (name === '.' || name === '..') dots += 1;
      else if (inode !== '0') entries.push({ inode: Number(inode), kind, name, sizeBytes: Number(size) });
      at = entryLine.lastIndex;
      continue;
    }
    const end = text.indexOf('\n', at);
    if (text.length - at < longestLine) break;
    oddLine.lastIndex = at;
    if (oddLine.test(text)) odd += 1;
    at = end < 0 ? text.length : end + 1;
  }
  return { entries, dots, odd, rest: text.slice(at) };
};

const echo = /debugfs: ls -p <(\d+)>\n/y;

/** Counts the names in several folders, piece by piece, in what `ls -p <INODE>` prints for one after the other. */
export const createNameCounter = (): {
  readonly take: (text: string) => void;
  /** Names by inode, `.` and `..` left out, when all was taken. */
  readonly end: () => ReadonlyMap<number, number>;
} => {
  const counts = new Map<number, number>();
  let inode: number | undefined;
  let rest = '';
  const take = (more: string): void => {
    const text = rest + more;
    let at = 0;
    for (;;) {
      echo.lastIndex = at;
      entryLine.lastIndex = at;
      const next = echo.exec(text);
      const entry = next ? undefined : entryLine.exec(text);
      if (next) {
        inode = Number(next[1]);
        counts.set(inode, 0);
        at = echo.lastIndex;
      } else if (entry) {
        const isName = entry[1] !== '0' && entry[3] !== '.' && entry[3] !== '..';
        if (inode !== undefined && isName) counts.set(inode, (counts.get(inode) ?? 0) + 1);
        at = entryLine.lastIndex;
      } else if (text.length - at < longestLine) break;
      else at = text.indexOf('\n', at) + 1 || text.length;
    }
    rest = text.slice(at);
  };
  return {
    take,
    end: () => {
      take(' '.repeat(longestLine));
      return counts;
    },
  };
};

const types: Readonly<Record<string, EntryKind>> = { regular: 'file', directory: 'directory', symlink: 'symlink' };
const immutableFlags = 0x30;
const inlineFlag = 0x10000000;

/** Parses what `stat` prints; undefined where it is no inode in use. */
export const parseDebugfsInode = (text: string): DebugfsInode | undefined => {
  const head = /^Inode: \d+ +Type: (.+?) +Mode: +(\d+) +Flags: 0x([0-9a-f]+)$/m.exec(text);
  const owner = /^User: +(\d+) +Group: +(\d+) .*?Size: (\d+)$/m.exec(text);
  const links = /^Links: (\d+) /m.exec(text);
  const [, type = '', mode = '', flagDigits = ''] = head ?? [];
  if (!head || !owner || !links || type === 'bad type') return undefined;
  const sizeBytes = Number(owner[3]);
  const flags = Number.parseInt(flagDigits, 16);
  const quote = 'Fast link dest: "';
  const linkAt = text.indexOf(quote);
  const isInline = (flags & inlineFlag) !== 0;
  return {
    kind: types[type] ?? 'other',
    type,
    sizeBytes,
    mode: Number.parseInt(mode, 8) & 0o7777,
    uid: Number(owner[1]),
    gid: Number(owner[2]),
    links: Number(links[1]),
    accessedAtNs: timeIn(text, 'atime'),
    modifiedAtNs: timeIn(text, 'mtime'),
    isImmutable: (flags & immutableFlags) !== 0,
    isInline,
    ...(linkAt >= 0 && { linkTarget: text.slice(linkAt + quote.length, linkAt + quote.length + sizeBytes) }),
    ...parseBlocks(text),
    sectors: Number(/^Links: \d+ +Blockcount: (\d+)$/m.exec(text)?.[1] ?? 0),
  };
};

/** Seconds, and behind the colon two more bits of them and the nanoseconds (Linux, ext4/inodes.rst, Inode Timestamps). */
const timeIn = (text: string, name: string): bigint => {
  const [, seconds, extra = '0'] = new RegExp(`^ *${name}: 0x([0-9a-f]{8})(?::([0-9a-f]{8}))?`, 'm').exec(text) ?? [];
  if (seconds === undefined) return 0n;
  const more = Number.parseInt(extra, 16);
  const signed = BigInt.asIntN(32, BigInt(`0x${seconds}`)) + (BigInt(more & 3) << 32n);
  return signed * 1_000_000_000n + BigInt(more >>> 2);
};

/** `(0-11):594-605, (IND):606, (12):607`; `[u]` marks room that was never written, and reads as zeros. */
const blocksPattern = /\((?:(\d+)(?:-(\d+))?(\[u\])?|[A-Z]+\d*)\):(\d+)(?:-\d+)?/g;

const parseBlocks = (text: string): Pick<DebugfsInode, 'blocks' | 'listedBlocks'> => {
  const at = Math.max(text.lastIndexOf('\nEXTENTS:\n'), text.lastIndexOf('\nBLOCKS:\n'));
  const blocks: DebugfsBlocks[] = [];
  let listedBlocks = 0;
  let next = 0;
  for (const [, from, to = from, unwritten, place] of text.slice(at < 0 ? text.length : at).matchAll(blocksPattern)) {
    const [first, last] = [Number(from), Number(to)];
    listedBlocks += from === undefined ? 1 : Math.max(0, last - first + 1);
    // Out of order or overlapping: what came first stands.
    if (from === undefined || unwritten !== undefined || first < next || last < first) continue;
    blocks.push({ first, count: last - first + 1, at: Number(place) });
    next = last + 1;
  }
  return { blocks, listedBlocks };
};

/** The size of a block, and how many there are, from `show_super_stats -h`. */
export const parseDebugfsShape = (
  text: string,
): { readonly blockBytes: number; readonly blocks: number } | undefined => {
  const blockBytes = Number(/^Block size: +(\d+)$/m.exec(text)?.[1]);
  const blocks = Number(/^Block count: +(\d+)$/m.exec(text)?.[1]);
  return blockBytes >= 1024 && blockBytes <= 65536 && blocks > 0 ? { blockBytes, blocks } : undefined;
};

/** Blocks of a volume from `start` up to, not including, `end`. */
export interface BlockRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the file system keeps its own bitmaps and inode tables, from `show_super_stats`, in order and without overlaps.
 * No file's content is there, whatever its list of blocks says.
 */
export const parseDebugfsMetadata = (text: string): readonly BlockRange[] => {
  const tableBlocks = Number(/^Inode blocks per group: +(\d+)$/m.exec(text)?.[1] ?? 1);
  const ranges: BlockRange[] = [];
  for (const [, ...places] of text.matchAll(groupPattern)) {
    const [blockBitmap = 0, inodeBitmap = 0, table = 0] = places.map(Number);
    for (const start of [blockBitmap, inodeBitmap]) ranges.push({ start, end: start + 1 });
    ranges.push({ start: table, end: table + tableBlocks });
  }
  const merged: BlockRange[] = [];
  for (const range of ranges.sort((one, other) => one.start - other.start)) {
    const last = merged.at(-1);
    if (last && range.start <= last.end) merged[merged.length - 1] = { ...last, end: Math.max(last.end, range.end) };
    else merged.push(range);
  }
  return merged;
};

const groupPattern = /^ Group +\d+: block bitmap at (\d+), inode bitmap at (\d+), inode table at (\d+)$/gm;
