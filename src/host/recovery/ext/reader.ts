import { type FileHandle, open } from 'node:fs/promises';
import { attributesOf } from '../../../ext/attributes/attributes.ts';
import { listFolder } from '../../../ext/content/folder.ts';
import { readLink } from '../../../ext/content/link.ts';
import { type Piece, piecesOf } from '../../../ext/content/pieces.ts';
import { isMapSound } from '../../../ext/content/runs.ts';
import { hasFlag, type Inode, readInode, rootInode } from '../../../ext/inode.ts';
import { type Opened, type OpenOptions, openExt } from '../../../ext/open.ts';
import type { ExtVolume } from '../../../ext/volume.ts';
import { decodeBytes } from '../../../formats/bytes.ts';
import type { ByteRange } from '../../../model/recovery.ts';
import type { Volume } from '../../../model/storage.ts';
import type { EntryKind } from '../../../model/tree.ts';
import { filePort } from '../../ext/file-port.ts';
import type { RawPath } from '../../tree/raw-path.ts';

/** Reading is not to hold up everything else for longer: a person may want to stop it. */
const breathMs = 50;
const labelName = 'security.selinux';

/** Something with a name in a folder. */
export interface FoundEntry {
  readonly inode: number;
  readonly kind: EntryKind;
  readonly name: RawPath;
  readonly sizeBytes: number;
}

/** An inode, and which bytes of it are not to be believed, whatever is read. */
export interface FoundInode extends Omit<Inode, 'kind'> {
  readonly kind: EntryKind;
  /** What it is, where it is neither a file nor a folder nor a link. */
  readonly what: Inode['kind'];
  readonly lost: readonly ByteRange[];
  readonly inode: Inode;
}

/** What was not to be had of a folder. */
export interface Listed {
  /** Why names may be missing. */
  readonly reason: 'EIO' | 'EUCLEAN' | undefined;
  /** All checksums of it are right. */
  readonly isRight: boolean;
}

/** An ext2/3/4 file system, read by its inodes and without the kernel's driver. */
export interface ExtReader extends AsyncDisposable {
  /** How its journal and its superblocks were found. */
  readonly opened: Opened;
  /** Calls `onEntries` as they come. */
  list(inode: number, onEntries: (entries: readonly FoundEntry[]) => Promise<void> | void): Promise<Listed>;
  /** What this inode is; undefined where it cannot be read. */
  describe(inode: number): FoundInode | undefined;
  /**
   * A file's data in order, up to its size; holes are left out.
   * @param fromBytes what ends before is left out, and a piece may begin there
   */
  pieces(inode: FoundInode, fromBytes?: number): AsyncGenerator<Piece>;
  /** What a symbolic link leads to, as Latin-1; empty where that cannot be read. */
  linkTarget(inode: FoundInode): string;
  /** The names of its extended attributes, access lists among them. */
  attributeNames(inode: FoundInode): readonly string[];
  /** The SELinux label (security.selinux); undefined where it has none. */
  label(inode: FoundInode): string | undefined;
}

/** undefined where there is no ext2/3/4 with a root folder. */
export const openExtReader = async (volume: Volume, options: OpenOptions = {}): Promise<ExtReader | undefined> => {
  const handle = await open(volume.path);
  const reader = readerOver(handle, volume, options);
  if (reader === undefined) await handle.close();
  return reader;
};

const readerOver = (
  handle: FileHandle,
  { offsetBytes, sizeBytes }: Volume,
  options: OpenOptions,
): ExtReader | undefined => {
  const opened = openExt(filePort(handle.fd, offsetBytes, sizeBytes), options);
  if (opened === undefined || readInode(opened.volume, rootInode)?.kind !== 'directory') return undefined;
  const { volume } = opened;
  let breathedAt = performance.now();
  const breathe = async () => {
    if (performance.now() - breathedAt < breathMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    breathedAt = performance.now();
  };
  return {
    opened,
    describe: (number) => {
      const inode = readInode(volume, number);
      return inode && inode.kind !== 'unknown' ? found(volume, inode) : undefined;
    },
    list: async (number, onEntries) => {
      const folder = readInode(volume, number);
      if (folder?.kind !== 'directory') return { reason: 'EIO', isRight: false };
      let [isWhole, isRight, odd] = [true, true, 0];
      for (const listing of listFolder(volume, folder)) {
        isWhole &&= listing.isWhole;
        isRight &&= listing.isRight;
        odd += listing.odd;
        const entries = listing.entries.map(({ name, inode: each }): FoundEntry => {
          const inode = readInode(volume, each);
          return { name, inode: each, kind: entryKind(inode?.kind), sizeBytes: inode?.sizeBytes ?? 0 };
        });
        if (entries.length > 0) await onEntries(entries);
        await breathe();
      }
      return { reason: !isWhole ? 'EIO' : odd > 0 ? 'EUCLEAN' : undefined, isRight };
    },
    pieces: async function* ({ inode }, fromBytes = 0) {
      for (const piece of piecesOf(volume, inode, fromBytes)) {
        yield piece;
        await breathe();
      }
    },
    linkTarget: ({ inode }) => readLink(volume, inode) ?? '',
    attributeNames: ({ inode }) => attributesOf(volume, inode).map(({ name }) => name),
    label: ({ inode }) => {
      const value = attributesOf(volume, inode).find(({ name }) => name === labelName)?.value;
      return value && decodeBytes(value).replace(/\0$/, '');
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
};

const entryKind = (kind: Inode['kind'] | undefined): EntryKind =>
  kind === 'file' || kind === 'directory' || kind === 'symlink' ? kind : 'other';

const found = (volume: ExtVolume, inode: Inode): FoundInode => ({
  ...inode,
  kind: entryKind(inode.kind),
  what: inode.kind,
  // Its checksum is wrong, or it leads where no file can be: nothing in it is vouched for.
  lost:
    inode.isChecksumRight && (inode.kind !== 'file' || isMapSound(volume, inode))
      ? []
      : [{ startBytes: 0, endBytes: inode.sizeBytes }],
  inode,
});

/** chattr +i or +a. */
export const isImmutable = ({ inode }: FoundInode): boolean =>
  hasFlag(inode, 'immutable') || hasFlag(inode, 'appendOnly');
