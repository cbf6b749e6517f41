import { readFile } from 'node:fs/promises';
import { listLoops } from '../disks/loops.ts';
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
  /** What is mounted, or just being mounted, by its path. */
  const mounted = new Set<{ readonly source: string }>();
  let isClosed = false;
  let current: Shift | undefined;

  /** Takes a keeper for one mount. */
  const take = async (): Promise<Shift> => {
    const machineMounts = await readFile('/proc/self/mountinfo', 'latin1');
    if (isClosed) return await never;
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
    const entry = { source: args[args.indexOf('--source') + 1] ?? '' };
    mounted.add(entry);
    const shift = await take();
    const give = async () => {
      mounted.delete(entry);
      await leave(shift);
    };
    try {
      const keeper = await shift.keeper;
      if (isClosed) return await never;
      const privateMount = await keeper.mount(args);
      const unmount = async () => {
        await privateMount.unmount();
        await give();
      };
      return { ...privateMount, unmount };
    } catch (error) {
      // Its keeper was ended under it: that is nobody's failure.
      if (isClosed) return await never;
      await give();
      throw error;
    }
  };

  const endAll = async () => {
    isClosed = true;
    const ending = [...shifts];
    current = undefined;
    shifts.clear();
    const sources = [...mounted].map(({ source }) => source);
    await Promise.all(ending.map(end));
    await untilFree(sources);
  };

  return { mount, [Symbol.asyncDispose]: endAll };
};

/** What a look that a signal broke off waits for: the process ends, and until then nothing new is mounted. */
const never = new Promise<never>(() => {});

/** The kernel takes a namespace down a moment after its last process; who has just ended us may look what is left. */
const untilFree = async (sources: readonly string[]): Promise<void> => {
  for (let waitedMs = 0; waitedMs < freeWithinMs; waitedMs += askEveryMs) {
    const loops = await Promise.all(sources.map((source) => listLoops(source)));
    if (loops.flat().length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
};

const freeWithinMs = 1000;
const askEveryMs = 10;

const end = async ({ keeper }: Shift): Promise<void> => {
  const started = await keeper.catch(() => undefined); // who wanted it heard why it did not start
  await started?.end();
};
