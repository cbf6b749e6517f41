import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { type SignalName, type Signals, signalPatterns, type Tone } from '../../model/signals.ts';

const ledFolder = '/sys/class/leds';

/** The green and red lamps of a Raspberry Pi (by today's names and by those of old kernels), and a keyboard's. */
const ledName = /^(ACT|PWR|led[01])$|::(numlock|capslock|scrolllock)$/;

/** A lamp, and what made it light before us (Linux, Documentation/leds/leds-class.rst). */
interface Lamp {
  readonly folder: string;
  readonly brightest: string;
  readonly trigger: string;
}

/**
 * The lamps of this machine and its speaker.
 * @param consolePath a virtual console, whose bell is the speaker
 */
export const createSignals = async (consolePath = '/dev/tty1', folder = ledFolder): Promise<Signals> => {
  const lamps = await findLamps(folder);
  let light: NodeJS.Timeout | undefined;
  let sound: NodeJS.Timeout | undefined;
  let shown: SignalName | undefined;

  const stop = () => {
    clearTimeout(light);
    clearTimeout(sound);
  };
  const blink = (pattern: readonly number[], step: number) => {
    setLamps(lamps, step % 2 === 0);
    if (pattern.length === 1) return;
    light = setTimeout(() => blink(pattern, (step + 1) % pattern.length), pattern[step]);
    light.unref();
  };
  const play = (tones: readonly Tone[], next: number, again: number | undefined) => {
    const tone = tones[next];
    if (tone && tone.hertz > 0) writeQuietly(consolePath, bell(tone));
    const waitMs = tone?.ms ?? again;
    if (waitMs === undefined) return;
    sound = setTimeout(() => play(tones, tone ? next + 1 : 0, again), waitMs);
    sound.unref();
  };

  for (const { folder: lamp } of lamps) writeQuietly(`${lamp}/trigger`, 'none');
  return {
    show: (signal) => {
      if (signal === shown) return;
      shown = signal;
      stop();
      const { light: pattern, tones, tonesEveryMs } = signalPatterns[signal];
      blink(pattern, 0);
      if (tones.length > 0) play(tones, 0, tonesEveryMs);
    },
    [Symbol.dispose]: () => {
      stop();
      for (const { folder: lamp, trigger } of lamps) writeQuietly(`${lamp}/trigger`, trigger);
    },
  };
};

/** Sets pitch and length of the bell, and rings it (console_codes(4)). */
const bell = ({ hertz, ms }: Tone): string => `\u001b[10;${hertz}]\u001b[11;${ms}]\u0007`;

const findLamps = async (folder: string): Promise<readonly Lamp[]> => {
  const names = (await readdir(folder).catch(() => [])).filter((name) => ledName.test(name));
  return Promise.all(
    names.map(async (name) => {
      const read = (file: string) => readFile(`${folder}/${name}/${file}`, 'utf8').catch(() => '');
      const [, trigger = 'none'] = /\[(.*)\]/.exec(await read('trigger')) ?? [];
      return { folder: `${folder}/${name}`, brightest: (await read('max_brightness')).trim() || '1', trigger };
    }),
  );
};

const setLamps = (lamps: readonly Lamp[], isLit: boolean): void => {
  for (const { folder, brightest } of lamps) writeQuietly(`${folder}/brightness`, isLit ? brightest : '0');
};

/** A lamp that cannot be lit is no reason to stop. */
const writeQuietly = (path: string, words: string): void => {
  try {
    const file = openSync(path, constants.O_WRONLY | constants.O_NOCTTY);
    try {
      writeSync(file, words);
    } finally {
      closeSync(file);
    }
  } catch {
    // A keyboard was pulled, or there is no such console.
  }
};
