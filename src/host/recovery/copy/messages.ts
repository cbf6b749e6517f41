import type { ByteRange } from '../../../model/recovery.ts';
import type { OpenFolderPath, RawPath } from '../../tree/raw-path.ts';
import type { FinishedFile } from './attributes-pass.ts';

/** What the copying threads are told at their start. */
export interface CopierSetup {
  /** The root of the tree that is read, and the folder that is written, as open folders of this process. */
  readonly sourceRoot: string;
  readonly targetRoot: string;
  /** Device and inode of the folder that is written, which is not to be met on the way. */
  readonly targetIdentity: string;
  /** Where files grow before they get their names; on the same file system as the target. */
  readonly stagingRoot: OpenFolderPath;
  readonly names: 'any' | 'windows';
  /** The finest time that the target keeps, in nanoseconds: 1, or 2e9 on FAT. */
  readonly timeStepNs: number;
  /**
   * Copied files are handed over open, for their exact times, modes and attributes. Otherwise they get theirs at once, as
   * well as Node can.
   */
  readonly handsOver: boolean;
  readonly keepsHardLinks: boolean;
  /** A SharedState. */
  readonly shared: SharedArrayBuffer;
}

/** A file to copy, and the name that it gets where the target cannot hold its own. */
export interface FileItem {
  readonly name: RawPath;
  /** Known to be no regular file: a link, a FIFO, a device. Those are never opened. */
  readonly isOdd?: boolean;
  readonly to?: RawPath;
}

export interface FilesJob {
  readonly kind: 'files';
  readonly id: number;
  readonly folder: RawPath;
  readonly to: RawPath;
  readonly items: readonly FileItem[];
  /** What may stand in the target already: nothing, files of a run that was cut off, files that it vouched for. */
  readonly before: Before;
  /** Copies also what has other names; without it such files are handed back, so that one thread decides for all. */
  readonly takesLinked?: boolean;
  /** What cannot be read is left out, and the rest is kept under another name. */
  readonly keepsDamaged?: boolean;
}

export interface FolderJob {
  readonly kind: 'folder';
  readonly id: number;
  readonly folder: RawPath;
  readonly to: RawPath;
  readonly before: Before;
}

/**
 * `none`: the target folder is new. `foreign`: what is there is somebody else's and stays. `doubted`: an earlier run of
 * ours wrote it and was cut off, so it is compared. `trusted`: that run vouched for it; size and time must agree.
 */
export type Before = 'none' | 'foreign' | 'doubted' | 'trusted';

export type Job = FilesJob | FolderJob;

/** A job before it has its number. */
export type Draft = Omit<FilesJob, 'id'> | Omit<FolderJob, 'id'>;

/** What became of one file. Times are nanoseconds since 1970. */
export type Outcome =
  | {
      readonly kind: 'copied' | 'kept';
      readonly name: RawPath;
      readonly to: RawPath;
      readonly sizeBytes: number;
      /** SHA-256; absent where a hole is too vast to be hashed. */
      readonly digest?: string;
      readonly mode: number;
      /** Both sides, still open; whoever takes the outcome closes them. */
      readonly handles?: Pick<FinishedFile, 'source' | 'target'>;
      readonly hasHoles: boolean;
      /** Whether the manifest has it already, from a run that vouched for it. */
      readonly isListed: boolean;
    }
  | {
      readonly kind: 'symlink';
      readonly name: RawPath;
      readonly to: RawPath;
      readonly target: RawPath;
      readonly uid: number;
      readonly gid: number;
      readonly atimeNs: bigint;
      readonly mtimeNs: bigint;
      readonly isThere: boolean;
    }
  | {
      readonly kind: 'linked';
      readonly name: RawPath;
      readonly to: RawPath;
      readonly inode: string;
      readonly links: number;
    }
  | { readonly kind: 'special'; readonly name: RawPath; readonly what: string }
  | {
      readonly kind: 'damaged';
      readonly name: RawPath;
      readonly to: RawPath;
      readonly ranges: readonly ByteRange[];
      readonly sizeBytes: number;
    }
  | { readonly kind: 'unreadable'; readonly name: RawPath; readonly to: RawPath; readonly reason: string }
  | { readonly kind: 'exists'; readonly name: RawPath; readonly to: RawPath };

/** Files that were copied without anything to tell, as the manifest and the finishing pass want them. */
export interface Plain {
  files: number;
  bytes: number;
  sparseFiles: number;
  lines: string;
  /** Their folder, and their names, with slashes between them. */
  readonly folder: RawPath;
  names: string;
  /** Of each the open source, the open target, and the mode: plain numbers cost a message little. */
  readonly numbers: number[];
}

/** A folder of more than one block, with more than its size says, or in an inode, of which the driver gave so many names. */
export interface Listed {
  readonly inode: number;
  readonly names: number;
}

/** From a copying thread: news of a job, its end, or that the target gave up. */
export type News =
  | {
      readonly kind: 'outcomes';
      readonly job: number;
      readonly folder: RawPath;
      readonly to: RawPath;
      readonly outcomes: readonly Outcome[];
      readonly plain: Plain;
    }
  | {
      readonly kind: 'subfolders';
      readonly job: number;
      readonly folder: RawPath;
      readonly to: RawPath;
      readonly before: Before;
      readonly items: readonly FileItem[];
    }
  | { readonly kind: 'more-files'; readonly job: number; readonly files: Omit<FilesJob, 'id'> }
  | { readonly kind: 'folder-unreadable'; readonly job: number; readonly folder: RawPath; readonly reason: string }
  | { readonly kind: 'listed'; readonly job: number; readonly folder: RawPath; readonly listed: Listed }
  | { readonly kind: 'folder-exists'; readonly job: number; readonly folder: RawPath }
  | { readonly kind: 'large'; readonly job: number; readonly path: RawPath }
  | { readonly kind: 'finished'; readonly job: number }
  | { readonly kind: 'target-failed'; readonly job: number; readonly path: RawPath; readonly code: string };
