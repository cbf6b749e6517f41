import {
  type DebugfsEntry,
  type DebugfsInode,
  parseDebugfsInode,
  parseDebugfsMetadata,
  parseDebugfsShape,
  takeEntries,
} from '../../../formats/debugfs.ts';
import type { ByteRange } from '../../../model/recovery.ts';
import type { Volume } from '../../../model/storage.ts';
import { isSystemError } from '../../process/system-error.ts';
import type { SpareSuperblock } from './backup-superblock.ts';
import { type FileSpace, lostOf } from './lost-ranges.ts';
import { type Checksums, openSession } from './session.ts';

/** Where ext2/3/4 keep their root folder (Linux, ext4/special_inodes.rst). */
export const rootInode = 2;

/** No answer about one inode is longer, but that of a file in a million pieces. */
const answerBytes = 16 * 1024 * 1024;
const chunkBytes = 256 * 1024;
const sectorBytes = 4096;

/** An inode, and which bytes of it nobody can say the place of, because the list of its blocks is damaged. */
export interface FoundInode extends DebugfsInode {
  readonly lost: readonly ByteRange[];
}

/** A piece of a file. What could not be read of it is zeros, and named. */
export interface Piece {
  readonly startBytes: number;
  readonly content: Buffer;
  readonly bad: readonly ByteRange[];
}

/** What was not to be had of a folder. */
export interface Listed {
  /** In debugfs' own words; empty for nothing. */
  readonly complaints: string;
  /** Entries that no file can have the name of. */
  readonly odd: number;
}

/** An ext2/3/4 file system that the kernel does not mount, read by its inodes. */
export interface ExtReader extends AsyncDisposable {
  /** Calls `onEntries` as they come. */
  list(inode: number, onEntries: (entries: readonly DebugfsEntry[]) => Promise<void> | void): Promise<Listed>;
  /** What these inodes are; some may be missing. */
  describe(inodes: readonly number[]): Promise<ReadonlyMap<number, FoundInode>>;
  /**
   * A file's data in order, up to its size; holes are left out. The buffer is used again for the next piece.
   * @param fromBytes what ends before is left out, and a piece may begin there
   */
  pieces(number: number, inode: DebugfsInode, fromBytes?: number): AsyncGenerator<Piece>;
  /** What a symbolic link leads to, as Latin-1. */
  linkTarget(number: number, inode: DebugfsInode): Promise<string>;
}

/** undefined where debugfs makes nothing of the volume either. @throws RescueError tool-missing, tool-timeout */
export const openExtReader = async (
  volume: Volume,
  spare: SpareSuperblock | undefined,
): Promise<ExtReader | undefined> => {
  const session = await openSession(volume, spare);
  let isOpen = false;
  try {
    const ask = async (
      commands: readonly string[],
      checksums: Checksums,
    ): Promise<{ text: string; isWhole: boolean }> => {
      let text = '';
      const { complaints } = await session.run(commands, checksums, (more) => {
        if (text.length < answerBytes) text += more;
      });
      return { text, isWhole: complaints === '' && text.length < answerBytes };
    };
    const shapeIf = async (checksums: Checksums) =>
      parseDebugfsShape((await ask(['show_super_stats -h'], checksums)).text);
    const verified = await shapeIf('checked');
    // Where the superblock's own is wrong, no other can be told from a good one.
    const checksums = verified ? 'checked' : 'ignored';
    const shape = verified ?? (await shapeIf('ignored'));
    const root = shape && parseDebugfsInode((await ask([`stat <${rootInode}>`], 'ignored')).text);
    if (shape === undefined || root?.kind !== 'directory') return undefined;
    // Of some 70,000 groups, which are 9 TB; what lies behind them is not told apart.
    const metadata = parseDebugfsMetadata((await ask(['show_super_stats'], checksums)).text);
    isOpen = true;
    const { blockBytes, blocks } = shape;
    const space: FileSpace = { blockBytes, blocks, metadata };
    const { handle } = session;

    const readPiece = async (buffer: Buffer, fileAt: number, bytes: number, diskAt: number): Promise<Piece> => {
      const content = buffer.subarray(0, bytes);
      const readAt = async (at: number, length: number) => {
        const isOutside = diskAt + at + length > Math.min(blocks * blockBytes, volume.sizeBytes);
        const { bytesRead } = isOutside
          ? { bytesRead: 0 }
          : await handle.read(content, at, length, volume.offsetBytes + diskAt + at).catch(unreadable);
        return bytesRead === length;
      };
      if (await readAt(0, bytes)) return { startBytes: fileAt, content, bad: [] };
      const bad: ByteRange[] = [];
      for (let at = 0; at < bytes; at += sectorBytes) {
        const length = Math.min(sectorBytes, bytes - at);
        if (await readAt(at, length)) continue;
        content.fill(0, at, at + length);
        bad.push({ startBytes: fileAt + at, endBytes: fileAt + at + length });
      }
      return { startBytes: fileAt, content, bad };
    };

    async function* pieces(number: number, inode: DebugfsInode, fromBytes = 0): AsyncGenerator<Piece> {
      if (inode.isInline) {
        // At most as long as an inode.
        const command = `cat <${number}>`;
        const text = (await ask([command], 'ignored')).text.slice(`debugfs: ${command}\n`.length);
        yield { startBytes: 0, content: Buffer.from(text.slice(0, inode.sizeBytes), 'latin1'), bad: [] };
        return;
      }
      const buffer = Buffer.allocUnsafeSlow(chunkBytes);
      for (const { first, count, at } of inode.blocks) {
        const end = Math.min(inode.sizeBytes, (first + count) * blockBytes);
        for (let fileAt = Math.max(first * blockBytes, fromBytes); fileAt < end; fileAt += chunkBytes) {
          const bytes = Math.min(chunkBytes, end - fileAt);
          yield await readPiece(buffer, fileAt, bytes, at * blockBytes + fileAt - first * blockBytes);
        }
      }
    }

    const describe = async (inodes: readonly number[]): Promise<Map<number, FoundInode>> => {
      const commands = inodes.map((inode) => `stat <${inode}>`);
      const { text, isWhole } = await ask(commands, checksums);
      const found = new Map<number, FoundInode>();
      if (!isWhole && inodes.length > 1) {
        // One by one, so that the complaint is nobody else's.
        for (const inode of inodes) for (const [number, each] of await describe([inode])) found.set(number, each);
        return found;
      }
      const answers = text.split(/^debugfs: stat <(\d+)>\n/m);
      for (let at = 1; at + 1 < answers.length; at += 2) {
        const inode = parseDebugfsInode(answers[at + 1] ?? '');
        if (inode) found.set(Number(answers[at]), { ...inode, lost: lostOf(inode, isWhole, space) });
      }
      const [number] = inodes;
      if (number === undefined || found.size > 0 || isWhole) return found;
      // Its checksum is wrong: what it says may be right or not, so that nothing in it is vouched for.
      const doubtful = parseDebugfsInode((await ask(commands, 'ignored')).text);
      if (doubtful) found.set(number, { ...doubtful, lost: [{ startBytes: 0, endBytes: doubtful.sizeBytes }] });
      return found;
    };

    return {
      pieces,
      describe,
      list: async (inode, onEntries) => {
        let rest = '';
        let [dots, odd] = [0, 0];
        const take = async (text: string) => {
          const taken = takeEntries(text);
          rest = taken.rest;
          dots += taken.dots;
          odd += taken.odd;
          if (taken.entries.length > 0) await onEntries(taken.entries);
        };
        const echo = `debugfs: ls -p <${inode}>\n`;
        let isFirst = true;
        const { complaints } = await session.run([`ls -p <${inode}>`], 'ignored', async (text) => {
          const all = rest + text;
          if (isFirst && all.length < echo.length) rest = all;
          else await take(isFirst ? all.slice(echo.length) : all);
          isFirst &&= all.length < echo.length;
        });
        // Whatever is left is shorter than the longest line.
        await take(`${rest}${' '.repeat(400)}`);
        return { complaints, odd: odd + Math.max(0, dots - 2) };
      },
      linkTarget: async (number, inode) => {
        if (inode.linkTarget !== undefined) return inode.linkTarget;
        const parts: Buffer[] = [];
        // A path is no longer than 4096 bytes (PATH_MAX).
        for await (const { content } of pieces(number, { ...inode, sizeBytes: Math.min(inode.sizeBytes, 4096) }))
          parts.push(Buffer.from(content));
        return Buffer.concat(parts).toString('latin1');
      },
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    };
  } finally {
    if (!isOpen) await session[Symbol.asyncDispose]();
  }
};

const unreadable = (error: unknown): { readonly bytesRead: number } => {
  if (!isSystemError(error)) throw error;
  return { bytesRead: 0 };
};
