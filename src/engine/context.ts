import type { VolumeKey } from '../model/secret.ts';
import type { Storage } from '../model/storage.ts';
import type { SystemProfile } from '../model/system.ts';
import type { Emit } from './events.ts';

/** The port to whoever knows what encrypted volumes are opened with. */
export interface Passphrases {
  /**
   * Asks for one that opens some of these volumes.
   * @param isAgain whether the one before opened none of them
   * @returns undefined where they are to stay closed
   */
  ask(selectors: readonly string[], isAgain: boolean): Promise<VolumeKey | undefined>;
}

/** What the engine stands on; main.ts puts it together. */
export interface Context {
  readonly storage: Storage;
  readonly profiles: readonly SystemProfile[];
  /** Somebody who can be asked for what opens encrypted volumes; nobody, unless there is. */
  readonly passphrases?: Passphrases;
  readonly emit: Emit;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Runs to its end even when a signal asks to stop; a second one gives it a few seconds. */
  readonly shield: <T>(action: () => Promise<T>) => Promise<T>;
  /** Runs to its end, or, when a signal asks to stop, to the good end that `action` finds then; a second signal ends it. */
  readonly stoppable: <T>(action: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** Whether a signal has asked to stop: what was not begun is not begun any more. */
  readonly isStopAsked: () => boolean;
}
