import type { Recovery, SourceView } from '../../model/recovery.ts';
import type { DeviceId, Volume } from '../../model/storage.ts';

/** A volume kept open while somebody looks through it, so that a failing disk is not opened at every step. */
export interface HeldSource {
  /** Runs an action on the volume, which is opened if it is not. @throws RescueError what Recovery.open throws */
  use<T>(volume: Volume, action: (view: SourceView) => Promise<T>): Promise<T>;
  /** Closes it as soon as nobody uses it. */
  release(): void;
  /** What is open, or not closed yet. */
  opened(): readonly DeviceId[];
}

interface Held {
  readonly volume: Volume;
  readonly opening: Promise<SourceView>;
  users: number;
  isReleased: boolean;
}

/** @param openRecovery called when the first volume is opened, and not before */
export const createHeldSource = (openRecovery: () => Promise<Recovery>): HeldSource => {
  let current: Held | undefined;
  const open = new Set<Held>();

  const closeIfIdle = (held: Held): void => {
    if (held.users > 0 || !held.isReleased) return;
    // What could not be opened was told to whoever asked; what cannot be closed is closed with the process.
    held.opening
      .then((view) => view[Symbol.asyncDispose]())
      .catch(() => {})
      .finally(() => open.delete(held));
  };

  const release = (): void => {
    if (!current) return;
    current.isReleased = true;
    closeIfIdle(current);
    current = undefined;
  };

  const take = (volume: Volume): Held => {
    if (current && current.volume.id === volume.id && current.volume.path === volume.path) return current;
    release();
    const opening = openRecovery().then((recovery) => recovery.open(volume));
    const held: Held = { volume, opening, users: 0, isReleased: false };
    current = held;
    open.add(held);
    // What could not be opened is tried anew the next time.
    opening.catch(() => {
      open.delete(held);
      if (current === held) current = undefined;
    });
    return held;
  };

  return {
    use: async (volume, action) => {
      const held = take(volume);
      held.users += 1;
      try {
        return await action(await held.opening);
      } finally {
        held.users -= 1;
        closeIfIdle(held);
      }
    },
    release,
    opened: () => [...open].map(({ volume }) => volume.id),
  };
};
