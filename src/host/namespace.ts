import { readFile } from 'node:fs/promises';
import { type Keeper, type PrivateMount, startKeeper } from './keeper.ts';

/** Mounts that nobody else sees and that are never left behind. */
export interface Namespace extends AsyncDisposable {
  /** As Keeper.mount. Needs root. */
  mount(args: readonly string[]): Promise<PrivateMount>;
}

interface Shift {
  readonly keeper: Promise<Keeper>;
  /** What was mounted on the machine when the keeper started, and so in its namespace too. */
  readonly machineMounts: string;
  mounts: number;
}

/**
 * One keeper, started at the first mount. What was mounted on the machine since it started may be unknown in its
 * namespace (a stick with an image on it): another one takes over then, and the old one ends with its last mount.
 */
export const createNamespace = (): Namespace => {
  const shifts = new Set<Shift>();
  let current: Shift | undefined;

  /** Takes a keeper for one mount. */
  const take = async (): Promise<Shift> => {
    const machineMounts = await readFile('/proc/self/mountinfo', 'latin1');
    const former = current;
    if (current?.machineMounts !== machineMounts) {
      current = { keeper: startKeeper(), machineMounts, mounts: 0 };
      shifts.add(current);
    }
    const shift = current;
    shift.mounts += 1;
    if (former && former !== shift) await endIfIdle(former);
    return shift;
  };

  const leave = async (shift: Shift) => {
    shift.mounts -= 1;
    await endIfIdle(shift);
  };

  const endIfIdle = async (shift: Shift) => {
    if (shift === current || shift.mounts > 0 || !shifts.delete(shift)) return;
    await end(shift);
  };

  const mount = async (args: readonly string[]): Promise<PrivateMount> => {
    const shift = await take();
    try {
      const keeper = await shift.keeper;
      const mounted = await keeper.mount(args);
      const unmount = async () => {
        await mounted.unmount();
        await leave(shift);
      };
      return { ...mounted, unmount };
    } catch (error) {
      await leave(shift);
      throw error;
    }
  };

  const endAll = async () => {
    const ending = [...shifts];
    current = undefined;
    shifts.clear();
    await Promise.all(ending.map(end));
  };

  return { mount, [Symbol.asyncDispose]: endAll };
};

const end = async ({ keeper }: Shift): Promise<void> => {
  const started = await keeper.catch(() => undefined); // who wanted it heard why it did not start
  await started?.end();
};
