/** What a machine without a screen can tell. */
export type SignalName = 'waiting' | 'working' | 'swap' | 'done' | 'refused' | 'failed';

/** A tone of the speaker, or, with no pitch, a rest. */
export interface Tone {
  readonly hertz: number;
  readonly ms: number;
}

/** How a signal looks and sounds. */
export interface SignalPattern {
  /** Milliseconds lit and dark in turn, over and over; a single entry is lit throughout. */
  readonly light: readonly number[];
  /** Empty where it is silent. */
  readonly tones: readonly Tone[];
  /** After how long the tones come again; undefined: once. */
  readonly tonesEveryMs?: number;
}

const flash = 250;
const pause = 1500;
const second = 1000;

/** So many flashes, then a pause: what people can count. */
const flashes = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => [flash, index === count - 1 ? pause : flash]).flat();

const beeps = (count: number, hertz: number): readonly Tone[] =>
  Array.from({ length: count }, () => [
    { hertz, ms: flash },
    { hertz: 0, ms: flash },
  ]).flat();

const high = 1200;
const low = 300;

/** The signals, told apart by counting. README and the example job file hold the same table; a test compares them. */
export const signalPatterns: Readonly<Record<SignalName, SignalPattern>> = {
  waiting: { light: flashes(1), tones: [] },
  working: { light: [100, 100], tones: [] },
  swap: { light: flashes(2), tones: beeps(2, high), tonesEveryMs: 10 * second },
  refused: { light: flashes(3), tones: beeps(3, low), tonesEveryMs: 10 * second },
  failed: { light: flashes(4), tones: beeps(4, low), tonesEveryMs: 10 * second },
  done: { light: [second], tones: [{ hertz: high, ms: second }] },
};

/** The port to lamps and the speaker of the machine. */
export interface Signals extends Disposable {
  /** Shows a signal until the next one. Disposing gives the lamps back to the kernel. */
  show(signal: SignalName): void;
}
