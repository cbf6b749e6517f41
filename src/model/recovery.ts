import type { RescueError } from './errors.ts';
import type { Digest } from './plan.ts';
import type { Disk, Volume } from './storage.ts';
import type { Tree, TreePath } from './tree.ts';

/** Bytes from `startBytes` up to, not including, `endBytes`. */
export interface ByteRange {
  readonly startBytes: number;
  readonly endBytes: number;
}

/**
 * How a volume was opened for reading. `as-is`: nothing was to be replayed. `newest`: writes that were under way when
 * the machine lost power were finished, in memory alone. `without-journal`: they are missing. `backup-superblock`: the
 * first superblock was bad. `file-by-file`: nothing mounts, and files are read without the driver.
 */
export type Reading = 'as-is' | 'newest' | 'without-journal' | 'backup-superblock' | 'file-by-file';

export interface CopyRequest {
  /** What to copy; links in them were followed already. */
  readonly paths: readonly TreePath[];
  /** A folder of the machine that Sparekey runs on; made where it is missing, its parent must be there. */
  readonly to: string;
  /** Names the source for good, so that a second run knows whether it goes on with the same. */
  readonly sourceId: string;
  /** Also owners, setuid and setgid bits and file capabilities. */
  readonly keepsOwners: boolean;
  /** Notes that will be written into the folder next: it stays open for so many. */
  readonly notesToFollow?: number;
  /** Aborted: what is under way is left out, the rest is kept as after any early end, and the same request goes on. */
  readonly signal?: AbortSignal;
}

/** How far a copy is. */
export interface CopyProgress {
  readonly copiedBytes: number;
  readonly copiedFiles: number;
  /** Where it was counted beforehand. */
  readonly totalBytes?: number;
  readonly currentPath?: TreePath;
  readonly elapsedMs: number;
}

/** Something that is not, or not whole, in the target, and why. */
export type CopyProblem =
  | { readonly kind: 'unreadable-file' | 'unreadable-folder'; readonly path: TreePath; readonly reason: string }
  | {
      readonly kind: 'damaged';
      readonly path: TreePath;
      readonly keptAs: string;
      readonly sizeBytes: number;
      readonly ranges: readonly ByteRange[];
    }
  | { readonly kind: 'special'; readonly path: TreePath; readonly what: string }
  | { readonly kind: 'symlink-left-out'; readonly path: TreePath; readonly target: string }
  /** Its list is damaged: what it still names was copied on another way, but a name may be missing, or wrong. */
  | { readonly kind: 'damaged-folder'; readonly path: TreePath }
  | { readonly kind: 'exists'; readonly path: TreePath }
  | { readonly kind: 'not-hashed'; readonly path: TreePath; readonly sizeBytes: number }
  | { readonly kind: 'attributes-lost'; readonly output: string };

/** What a copy came to. Long lists are cut; the counts are not. */
export interface CopySummary {
  /** Whole, and in the manifest; those from an earlier run that this one went on with count too. */
  readonly files: number;
  readonly bytes: number;
  readonly keptFromBefore: number;
  readonly folders: number;
  readonly symlinks: number;
  readonly hardLinks: number;
  readonly sparseFiles: number;
  readonly problems: readonly CopyProblem[];
  readonly problemCounts: Readonly<Record<CopyProblem['kind'], number>>;
  /** Names that the target could not hold, and what stands there instead. */
  readonly renamed: readonly { readonly path: TreePath; readonly to: string }[];
  readonly renamedCount: number;
  /** File names inside the target. */
  readonly manifest: string;
  readonly elapsedMs: number;
  /** Why it ended early. What is there is whole, and the same command goes on. */
  readonly stoppedBy?: RescueError;
}

/** What the files below some paths come to. */
export interface TreeSize {
  readonly files: number;
  readonly folders: number;
  /** As a copy takes it: holes and further names of the same file do not count. */
  readonly bytes: number;
}

/** A volume opened for copying out of it. Nothing here can write to it. */
export interface SourceView extends AsyncDisposable {
  readonly tree: Tree;
  readonly reading: Reading;
  /** A file's bytes, however many, from one of them on. @throws RescueError not-a-file, file-missing, read-failed */
  stream(path: TreePath, startBytes?: number): AsyncIterable<Uint8Array>;
  /** Counts what is below some folders. Calls `onSize` now and then; aborting ends it early. */
  measure(paths: readonly TreePath[], onSize: (size: TreeSize) => void, signal: AbortSignal): Promise<TreeSize>;
  /**
   * Copies files out of it.
   * @throws RescueError target-inside-source, target-unusable, target-is-link, target-not-ours, target-other-run,
   * target-too-small, files-too-large
   */
  copyOut(request: CopyRequest, onProgress: (progress: CopyProgress) => void): Promise<CopySummary>;
}

/** How an imaging is going, in ddrescue's own terms. */
export interface CloneProgress {
  readonly rescuedBytes: number;
  readonly totalBytes: number;
  readonly badBytes: number;
  readonly elapsedMs: number;
}

export interface CloneSummary extends CloneProgress {
  readonly mapFile: string;
  readonly badRanges: readonly ByteRange[];
}

/** A volume of this machine that copies can be put on. */
export interface TargetVolume {
  readonly volume: Volume;
  /** The second partition of the medium that this machine was started from. */
  readonly isOwnMedium: boolean;
  /** undefined where only opening it for writing would tell. */
  readonly freeBytes: number | undefined;
}

/** A place, mounted for writing until disposed. Disposing flushes. */
export interface OpenedTargetVolume extends AsyncDisposable {
  /** Its root folder, as `CopyRequest.to` and `writeFile` take it. */
  readonly folder: string;
  readonly freeBytes: number;
}

/** The port to getting files out. host/ implements it for real. */
export interface Recovery {
  /** Opens a volume strictly read-only. @throws RescueError cannot-mount, need-root, no-loop-device */
  open(volume: Volume): Promise<SourceView>;
  /**
   * Where copies of a volume's files can go: our own medium first, then other disks' volumes, never one of the source's
   * disk, of the running system, or one that lease would refuse.
   */
  listPlaces(disks: readonly Disk[], source: Volume): Promise<readonly TargetVolume[]>;
  /** @throws RescueError target-unusable, and what Storage.lease throws */
  openPlace(place: TargetVolume): Promise<OpenedTargetVolume>;
  /** What is free where a folder is, or would be made. @throws RescueError target-unusable */
  freeBytesAt(folder: string): Promise<number>;
  /** SHA-256 of a whole device or image. @throws RescueError read-failed */
  digestSource(path: string, onProgress: (doneBytes: number, totalBytes: number) => void): Promise<Digest>;
  /** Images a device or file into a file; goes on with what an earlier run left. @throws RescueError tool-missing, tool-failed, … */
  clone(
    device: string,
    file: string,
    onProgress: (progress: CloneProgress) => void,
    signal?: AbortSignal,
  ): Promise<CloneSummary>;
  /** Writes a new file into a folder of this machine, whole or not at all. @throws RescueError target-exists, target-unusable, target-is-link */
  writeFile(folder: string, name: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Writes a small text file into a folder of this machine, whole or not at all. @throws RescueError target-unusable, target-is-link, target-not-ours */
  writeNote(folder: string, name: string, content: string): Promise<void>;
}
