import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createHaosDisk } from '../support/haos-disk.ts';
import { Machine } from '../support/machine.ts';
import { withFolderAsync } from '../support/tools.ts';
import { jobOf, machineWith, patienceMs, step } from './job.ts';
import { Stick } from './stick.ts';

/** The lamps of a PS/2 keyboard, as QEMU traces them with time stamps in seconds. */
const traced = /@(\d+\.\d+):ps2_set_ledstate .* ledstate (\d+)/g;
const allLamps = 7;
/** Between two flashes of one signal there are 250 ms, between two signals 1500. */
const pauseSeconds = 0.9;
const refusedHertz = 300;

/** How many flashes came between one pause and the next, for as often as a pause was seen on both sides. */
const countsOf = (litSeconds: readonly number[]): readonly number[] => {
  const counts = [0];
  for (const [index, at] of litSeconds.entries()) {
    if (index > 0 && at - (litSeconds[index - 1] ?? at) > pauseSeconds) counts.push(0);
    counts.push((counts.pop() ?? 0) + 1);
  }
  return counts.slice(1, -1);
};

/** The pitches of the tones in a recording (44.1 kHz, 16 bits, stereo, 44 bytes of header), in hertz. */
const pitchesOf = (recording: Buffer): readonly number[] => {
  const samples = Array.from({ length: (recording.length - 44) >> 2 }, (_, index) =>
    recording.readInt16LE(44 + index * 4),
  );
  const rises = samples.flatMap((sample, index) => (sample > 0 && (samples[index - 1] ?? 0) <= 0 ? [index] : []));
  return rises.slice(1).map((at, index) => 44_100 / (at - (rises[index] ?? 0)));
};

test('a refusal is three flashes of the keyboard’s lamps, and low tones of the speaker', async () => {
  await withFolderAsync(async (folder) => {
    const stick = new Stick(folder);
    stick.write('sparekey.yaml', jobOf(step('LABEL=not-there', 'bob'), 'wait: 1\n'));
    const haos = createHaosDisk(join(folder, 'haos.img'));
    const recording = join(folder, 'speaker.wav');
    const lamps = ['-msg', 'timestamp=on', '-trace', 'ps2_set_ledstate'];
    const speaker = ['-audiodev', `wav,id=speaker,path=${recording}`, '-machine', 'pcspk-audiodev=speaker'];
    const record = machineWith(stick, [{ path: haos.path, bus: 'sata' }]);
    await using machine = await Machine.start({ ...record, more: [...lamps, ...speaker] });
    await machine.waitFor(/Sparekey: refused/, patienceMs);
    const shown = machine.asides.length;
    await sleep(20_000);
    const lit = [...machine.asides.slice(shown).matchAll(traced)].filter(([, , lamp]) => Number(lamp) === allLamps);
    const counts = countsOf(lit.map(([, at]) => Number(at)));
    expect(counts.length).toBeGreaterThan(2);
    expect(new Set(counts)).toEqual(new Set([3]));
    await machine.control('quit').catch(() => {});
    const pitches = pitchesOf(readFileSync(recording)).filter((hertz) => Math.abs(hertz - refusedHertz) < 15);
    // Three tones of a quarter of a second.
    expect(pitches.length).toBeGreaterThan(150);
  });
});
