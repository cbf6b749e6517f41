import { findLandmarks } from '../../engine/recovery/landmarks.ts';
import { isRescueError } from '../../model/errors.ts';
import { mapLimited } from '../../model/map-limited.ts';
import type { Recovery, SourceView, TreeSize } from '../../model/recovery.ts';
import { Secret } from '../../model/secret.ts';
import type { DeviceId, Volume } from '../../model/storage.ts';
import type { Entry, TreePath } from '../../model/tree.ts';
import { createHeldSource, type HeldSource } from './held-source.ts';
import { pathIn } from './marks.ts';
import type { RecoveryEffect, RecoveryMessage } from './messages.ts';
import { sortPatiently } from './sort-patiently.ts';
import type { EntryDetails } from './state.ts';
import type { RecoveryTools } from './tools.ts';

export interface RecoveryEffects {
  readonly perform: (effect: RecoveryEffect) => Promise<RecoveryMessage | undefined>;
  /** Volumes that are open just now: nobody else can look at them meanwhile. */
  readonly opened: () => ReadonlySet<DeviceId>;
}

/** A stranger's folder may hold millions; nobody reads more than these, and they take no more than 20 MB. */
const entriesShown = 100_000;

/** How often a count is told of. */
const countEveryMs = 200;

/** Does what getting files out asks for. @throws RescueError what the ports throw */
export const createRecoveryEffects = (tools: RecoveryTools): RecoveryEffects => {
  const source = createHeldSource(tools.openRecovery);
  const running = new Map<number, AbortController>();
  const listed = new Set<DeviceId>();

  /** Runs a job that `stop` can end early. */
  const stoppable = async <T>(job: number, action: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const controller = new AbortController();
    running.set(job, controller);
    try {
      return await action(controller.signal);
    } finally {
      running.delete(job);
    }
  };

  const perform: RecoveryEffects['perform'] = async (effect) => {
    switch (effect.kind) {
      case 'open-source': {
        const { job, volume, system } = effect;
        return await source.use(volume, async ({ tree, reading }) => {
          const landmarks = system ? await findLandmarks(tree, system) : [];
          return { kind: 'source-opened', job, reading, landmarks };
        });
      }
      case 'list-folder': {
        const { job, volume, path } = effect;
        const found = await source.use(volume, ({ tree }) => tree.list(path, entriesShown + 1));
        const entries = await sorted(found.slice(0, entriesShown));
        return { kind: 'folder-listed', job, entries, isCut: found.length > entriesShown };
      }
      case 'detail':
        return await lookUp(source, effect);
      case 'follow': {
        const { job, volume, path } = effect;
        return await source.use(volume, async ({ tree }) => {
          const resolved = await tree.resolve(path);
          const status = resolved === undefined ? undefined : await tree.status(resolved);
          return { kind: 'followed', job, path: resolved ?? path, leadsTo: status?.kind };
        });
      }
      case 'count':
        return await stoppable(effect.job, (signal) => count(source, effect, signal, tools.tell));
      case 'close-source':
        source.release();
        return undefined;
      case 'list-backups': {
        const { volume } = effect.system;
        listed.add(volume.id);
        try {
          return await listAll(await tools.openRecovery(), effect);
        } finally {
          listed.delete(volume.id);
        }
      }
      case 'list-places': {
        const { job, disks, volume } = effect;
        const recovery = await tools.openRecovery();
        return { kind: 'places-listed', job, places: await recovery.listPlaces(disks, volume) };
      }
      case 'ask-free-space':
        return await askFreeSpace(await tools.openRecovery(), effect.job, effect.folder);
      case 'copy': {
        const { carryOutCopy } = await import('./copy-effect.ts');
        return await stoppable(effect.job, (signal) =>
          tools.afterLook(() => carryOutCopy({ ...tools, source }, effect, signal)),
        );
      }
      case 'stop':
        running.get(effect.job)?.abort();
        return undefined;
    }
  };

  return { perform, opened: () => new Set([...source.opened(), ...listed]) };
};

const listAll = async (
  recovery: Recovery,
  { job, system }: Extract<RecoveryEffect, { kind: 'list-backups' }>,
): Promise<RecoveryMessage> => {
  const { listBackups } = await import('../../engine/recovery/backups.ts');
  const { backups, keys } = await listBackups(recovery, { systems: [system] });
  return { kind: 'backups-listed', job, list: { backups, keys: keys.map(({ key }) => new Secret(key)) } };
};

/** Folders first, by the numbers of their characters, which is quick also for a hundred thousand. */
const sorted = (entries: readonly Entry[]): Promise<readonly Entry[]> =>
  sortPatiently(entries, (one, other) => {
    const isFolder = one.kind === 'directory';
    return isFolder === (other.kind === 'directory') ? one.name < other.name : isFolder;
  });

const detailsAtOnce = 8;

const lookUp = async (
  source: HeldSource,
  { job, volume, folder, names }: Extract<RecoveryEffect, { kind: 'detail' }>,
): Promise<RecoveryMessage> => {
  const details = await source.use(volume, (view) =>
    mapLimited(names, detailsAtOnce, async (name) => [name, await detailsOf(view, pathIn(folder, name))] as const),
  );
  return { kind: 'detailed', job, details: new Map(details) };
};

/** Nothing of what cannot be asked: the name alone is worth something. */
const detailsOf = async ({ tree }: SourceView, path: TreePath): Promise<EntryDetails> => {
  try {
    const status = await tree.status(path);
    return status ? { sizeBytes: status.sizeBytes, modifiedAtMs: status.modifiedAtMs } : {};
  } catch (error) {
    if (isRescueError(error)) return {};
    throw error;
  }
};

const count = async (
  source: HeldSource,
  { job, volume, paths }: { readonly job: number; readonly volume: Volume; readonly paths: readonly TreePath[] },
  signal: AbortSignal,
  tell: RecoveryTools['tell'],
): Promise<RecoveryMessage> => {
  let toldMs = 0;
  const onSize = ({ files, folders, bytes }: TreeSize) => {
    const nowMs = performance.now();
    if (nowMs - toldMs < countEveryMs) return;
    toldMs = nowMs;
    tell({ kind: 'counted', job, size: { files, folders, bytes }, isDone: false });
  };
  const { files, folders, bytes } = await source.use(volume, (view) => view.measure(paths, onSize, signal));
  return { kind: 'counted', job, size: { files, folders, bytes }, isDone: !signal.aborted };
};

const askFreeSpace = async (recovery: Recovery, job: number, folder: string): Promise<RecoveryMessage> => {
  try {
    return { kind: 'free-space', job, freeBytes: await recovery.freeBytesAt(folder), error: undefined };
  } catch (error) {
    if (!isRescueError(error)) throw error;
    return { kind: 'free-space', job, freeBytes: undefined, error };
  }
};
