import type { Piece } from '../../../ext/content/pieces.ts';
import type { Inode } from '../../../ext/inode.ts';
import type { Opened, OpenOptions } from '../../../ext/open.ts';
import type { ByteRange } from '../../../model/recovery.ts';
import type { EntryKind } from '../../../model/tree.ts';
import type { RawPath } from '../../tree/raw-path.ts';

/** What the reading thread is started with: an open file or device, and where in it the volume lies. */
export interface ReaderSetup {
  readonly descriptor: number;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly options: OpenOptions;
}

/** Something with a name in a folder. */
export interface FoundEntry {
  readonly inode: number;
  readonly kind: EntryKind;
  readonly name: RawPath;
  readonly sizeBytes: number;
}

type InodeFacts = 'number' | 'mode' | 'uid' | 'gid' | 'sizeBytes' | 'flags' | 'accessedAtNs' | 'modifiedAtNs' | 'links';

/** An inode, and which bytes of it are not to be believed, whatever is read. */
export interface FoundInode extends Pick<Inode, InodeFacts> {
  readonly kind: EntryKind;
  /** What it is, where it is neither a file nor a folder nor a link. */
  readonly what: Inode['kind'];
  readonly lost: readonly ByteRange[];
  /** What a symbolic link leads to, as Latin-1; empty where that cannot be read, and of everything else. */
  readonly linkTarget: string;
  /** The names of its extended attributes, access lists among them. */
  readonly attributeNames: readonly string[];
  /** The SELinux label (security.selinux); undefined where it has none. */
  readonly label: string | undefined;
}

/** What was not to be had of a folder. */
export interface Listed {
  /** Why names may be missing. */
  readonly reason: 'EIO' | 'EUCLEAN' | undefined;
  /** All checksums of it are right. */
  readonly isRight: boolean;
}

/** How its journal and its superblocks were found. */
export interface OpenedExt extends Pick<Opened, 'journal' | 'isFromSpare'> {
  /** It was not unmounted, or is mounted. */
  readonly needsRecovery: boolean;
}

/** What comes one by one is asked for one by one, so that no more is under way than somebody waits for. */
export type ReaderRequest =
  | { readonly kind: 'open' }
  | { readonly kind: 'describe'; readonly inode: number }
  | { readonly kind: 'list'; readonly inode: number }
  | { readonly kind: 'pieces'; readonly inode: number; readonly fromBytes: number }
  | { readonly kind: 'next' | 'close'; readonly stream: number };

/** The next of a stream, or its end. */
export type StreamStep<T, End> =
  | { readonly stream: number; readonly isDone: false; readonly value: T }
  | { readonly stream: number; readonly isDone: true; readonly value: End };

export type ListStep = StreamStep<readonly FoundEntry[], Listed>;
export type PieceStep = StreamStep<Piece, undefined>;
