import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createSignals } from '../../../src/host/process/signals.ts';
import { withFolderAsync } from '../../support/tools.ts';

const bell = '\u0007';

/** Lamps as sysfs shows them; plain files do not shrink when less is written, so what was written stands in front. */
const createLamps = (folder: string): ((lamp: string, file: string) => string) => {
  for (const [name, trigger] of [
    ['ACT', 'none [mmc0] heartbeat'],
    ['input3::capslock', '[kbd-capslock] none'],
    ['eth0:link', '[link] none'],
  ] as const) {
    mkdirSync(join(folder, 'leds', name), { recursive: true });
    writeFileSync(join(folder, 'leds', name, 'trigger'), trigger);
    writeFileSync(join(folder, 'leds', name, 'brightness'), '0');
    writeFileSync(join(folder, 'leds', name, 'max_brightness'), name === 'ACT' ? '255\n' : '1\n');
  }
  writeFileSync(join(folder, 'tty1'), '');
  return (lamp, file) => readFileSync(join(folder, 'leds', lamp, file), 'utf8');
};

/** Waits for something to happen; the test's own limit is the only one. */
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await sleep(10);
};

describe('signals', () => {
  test('light the lamps of the machine and of its keyboard, and give them back', () =>
    withFolderAsync(async (folder) => {
      const read = createLamps(folder);
      const signals = await createSignals(join(folder, 'tty1'), join(folder, 'leds'));
      expect(read('ACT', 'trigger')).toMatch(/^none/);
      signals.show('done');
      expect(read('ACT', 'brightness')).toBe('255');
      expect(read('input3::capslock', 'brightness')).toBe('1');
      signals.show('working');
      await until(() => read('ACT', 'brightness').startsWith('0'));
      await until(() => read('ACT', 'brightness').startsWith('255'));
      signals[Symbol.dispose]();
      expect(read('ACT', 'trigger')).toMatch(/^mmc0/);
      expect(read('input3::capslock', 'trigger')).toMatch(/^kbd-capslock/);
      expect(read('eth0:link', 'trigger')).toBe('[link] none');
      expect(read('eth0:link', 'brightness')).toBe('0');
    }));

  test('ring the bell of the console, set to their pitch', () =>
    withFolderAsync(async (folder) => {
      createLamps(folder);
      const console = join(folder, 'tty1');
      using signals = await createSignals(console, join(folder, 'leds'));
      signals.show('refused');
      await until(() => readFileSync(console, 'utf8').includes(bell));
      expect(readFileSync(console, 'utf8')).toContain('\u001b[10;300]\u001b[11;250]');
    }));

  test('a machine with neither is no trouble', async () => {
    using signals = await createSignals('/nonexistent/tty1', '/nonexistent/leds');
    signals.show('failed');
  });
});
