import { type ForeignFolder, type OpeningOptions, openForeignFolder } from './folder.ts';

/**
 * A foreign folder that was written to and stays open for what follows, so that nobody puts another in its place between
 * a copy and its receipt, or between one backup and the next.
 */
export interface HeldFolder extends AsyncDisposable {
  /** The folder that is held, if it is this one; newly opened otherwise. The caller disposes it, or has it held again. */
  take(named: string, options: OpeningOptions): Promise<ForeignFolder>;
  /** Keeps a folder until it was taken and given back so often, or another is. */
  hold(folder: ForeignFolder, times: number): Promise<void>;
  /** After `take`: holds the folder on, if it still is to be. */
  giveBack(folder: ForeignFolder): Promise<void>;
}

/** Open folders of this process, whose paths nobody can lead elsewhere; somebody waits to unmount them. */
const isOpenAlready = (named: string): boolean => named.startsWith('/proc/self/fd/');

const createHeldFolder = (): HeldFolder => {
  let held: ForeignFolder | undefined;
  let timesLeft = 0;
  const letGo = async () => {
    const folder = held;
    held = undefined;
    await folder?.[Symbol.asyncDispose]();
  };
  const hold: HeldFolder['hold'] = async (folder, times) => {
    await letGo();
    if (times <= 0 || isOpenAlready(folder.shownAs)) return await folder[Symbol.asyncDispose]();
    held = folder;
    timesLeft = times;
  };
  return {
    hold,
    take: async (named, options) => {
      const folder = held;
      if (folder?.shownAs !== named) {
        await letGo();
        timesLeft = 1;
        return await openForeignFolder(named, options);
      }
      held = undefined;
      return folder;
    },
    giveBack: (folder) => hold(folder, timesLeft - 1),
    [Symbol.asyncDispose]: letGo,
  };
};

/** One for the whole process, in which one copy follows another. */
export const heldFolder = createHeldFolder();
