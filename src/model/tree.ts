/**
 * An absolute path inside a volume, `/`-separated. Bytes that are not UTF-8 stand as lone surrogates U+DC80–U+DCFF
 * (formats/bytes.ts), so that every name survives the way in and out.
 */
export type TreePath = string;

export interface Entry {
  readonly name: string;
  readonly kind: EntryKind;
}

export type EntryKind = 'file' | 'directory' | 'symlink' | 'other';

export interface FileStatus {
  readonly kind: EntryKind;
  readonly sizeBytes: number;
  /** Permission bits, 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Last written, milliseconds since 1970. */
  readonly modifiedAtMs: number;
}

/** Who may do what with a new file or folder. */
export interface FileAttributes {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits, 0o7777. */
  readonly mode: number;
  /** The SELinux label (security.selinux), where the system has them. */
  readonly label?: string;
}

/**
 * The port every detector reads through; never the host's own root. Symbolic links are followed inside the tree:
 * an absolute one starts at the tree's root, `..` never climbs above it.
 */
export interface Tree {
  /**
   * A whole regular file; undefined where nothing is.
   * @param limitBytes refuse larger files (default 4 MiB: a stranger's disk may hold a gigantic one)
   * @throws RescueError not-a-file, file-too-large, path-loop, read-failed
   */
  read(path: TreePath, limitBytes?: number): Promise<Uint8Array | undefined>;
  /**
   * The beginning of a regular file, however large it is: at most `byteCount` bytes; undefined where nothing is.
   * @throws RescueError not-a-file, path-loop, read-failed
   */
  readStart(path: TreePath, byteCount: number): Promise<Uint8Array | undefined>;
  /**
   * A part of a regular file, however large it is: at most `byteCount` bytes from `offsetBytes` on, fewer where the file
   * ends before; undefined where nothing is. @throws RescueError as readStart
   */
  readRange(path: TreePath, offsetBytes: number, byteCount: number): Promise<Uint8Array | undefined>;
  /**
   * The entries of a folder, unsorted; none where the folder is missing.
   * @param limit how many at most, whichever come first: a stranger's folder may hold millions
   * @throws RescueError path-loop, read-failed
   */
  list(path: TreePath, limit?: number): Promise<readonly Entry[]>;
  /** What is at the path after following links; undefined where nothing is. */
  status(path: TreePath): Promise<FileStatus | undefined>;
  /** The path with every link followed; undefined where nothing is. */
  resolve(path: TreePath): Promise<TreePath | undefined>;
  /**
   * Where a symbolic link points, as it stands in it; undefined where the path ends in none. Links on the way are
   * followed, only the one at the end is not.
   */
  linkTarget(path: TreePath): Promise<string | undefined>;
  /** chattr +i or +a: such a file cannot be replaced until the flag is lifted. False where the volume has no such flags. */
  isImmutable(path: TreePath): Promise<boolean>;
  /** The SELinux label (security.selinux) of what is there after following links; undefined where it has none. */
  label(path: TreePath): Promise<string | undefined>;
}

/** The few ways in which Sparekey writes. Each is whole or not at all, and flushed when it returns. */
export interface WritableTree extends Tree {
  /**
   * Puts new content in the place of an existing regular file: a sibling called `temporaryName` gets the content and
   * the old file's mode, owner and extended attributes, is flushed, and is renamed over it. An immutable flag is
   * lifted for the rename and set again.
   * @throws RescueError not-a-file, no-space, read-only-device, write-failed, attributes-lost
   */
  replaceFile(path: TreePath, content: Uint8Array, temporaryName: string): Promise<void>;
  /**
   * A new file, 0600 root, that grows under another name beside it.
   * @throws RescueError no-space, read-only-device, write-failed (also where it exists)
   */
  createFile(path: TreePath, content: Uint8Array): Promise<void>;
  /** The same with attributes of its own, growing as `temporaryName`. @throws RescueError attributes-lost as well */
  createFileAs(path: TreePath, content: Uint8Array, attributes: FileAttributes, temporaryName: string): Promise<void>;
  /** A new folder, 0700 root; parents must exist. Fine where a real folder, owned by root, is already there. */
  createFolder(path: TreePath): Promise<void>;
  /** A new folder with attributes of its own. @throws RescueError write-failed (also where it exists), attributes-lost */
  createFolderAs(path: TreePath, attributes: FileAttributes): Promise<void>;
  /** Removes a file; fine where it is gone already. */
  removeFile(path: TreePath): Promise<void>;
  /**
   * Gives a regular file another name, where nothing has that name. Cut off in the middle it has both, and once more
   * makes it one. @throws RescueError file-missing, write-failed (also where the name is taken)
   */
  moveFile(path: TreePath, to: TreePath): Promise<void>;
  /**
   * Writes over some bytes of a regular file in place; its length stays. @throws RescueError file-missing, write-failed
   * (also where the file ends before)
   */
  patchFile(path: TreePath, offsetBytes: number, content: Uint8Array): Promise<void>;
  /**
   * Sets the SELinux label of what is there after following links, or takes it away. A file without a label is made anew
   * as `temporaryName` for that. @throws RescueError file-missing, attributes-lost, tool-missing
   */
  setLabel(path: TreePath, label: string | undefined, temporaryName: string): Promise<void>;
  /** Removes an empty folder; fine where it is gone already or not empty. */
  removeFolder(path: TreePath): Promise<void>;
}
