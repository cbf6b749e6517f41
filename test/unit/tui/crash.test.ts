import { expect, test } from 'vitest';
import type { Station } from '../../../src/model/station.ts';
import type { Disk, Storage } from '../../../src/model/storage.ts';
import { formatReport, withTrace } from '../../../src/tui/crash.ts';
import type { Display } from '../../../src/tui/kit/display.ts';
import type { Message } from '../../../src/tui/messages.ts';
import { runTextUi } from '../../../src/tui/run.ts';
import { following, laptop, pasted, scene, textOfFrame, typed } from '../../support/tui-scenes.ts';

const canary = 'Canary-77-sesame';
const facts = { version: '0.0.0', when: '2026-11-21T06:00:00Z' };

test('a report says where the fault was and what led to it, and holds nothing that was typed or read', () => {
  const messages = [typed(canary), pasted(canary), { kind: 'key', key: 'enter' } as const];
  const state = following(scene('password'), typed(canary), 'enter', typed(canary));
  const trail = messages.reduce<readonly string[]>(withTrace, []);
  const fault = new TypeError(`Unexpected token 'x', "${canary}:$6$salt$hash" is not valid JSON`);
  const report = formatReport(fault, state, trail, facts);
  expect(report).not.toContain(canary);
  expect(report).not.toContain('$6$');
  expect(report).toContain('TypeError: Unexpected token');
  expect(report).toMatch(/^ {4}at .*crash\.test\.ts/m);
  expect(report).toContain('disks > volume > accounts > password');
  expect(report).toContain('  typed\n  pasted\n  key enter\n');
});

test('it remembers only the last steps', () => {
  const key: Message = { kind: 'key', key: 'down' };
  const trail = Array.from({ length: 1000 }).reduce<readonly string[]>((steps) => withTrace(steps, key), []);
  expect(trail).toHaveLength(60);
});

/** A terminal of which only the words are kept. */
const recordingDisplay = () => {
  let listener: (message: Message) => void = () => {};
  const painted: string[] = [];
  let isClosed = false;
  const display: Display = {
    columns: 80,
    rows: 24,
    listen: (onMessage) => {
      listener = onMessage;
    },
    paint: (frame) => void painted.push(textOfFrame(frame)),
    close: () => {
      isClosed = true;
    },
  };
  const waitFor = async (words: string) => {
    while (!painted.at(-1)?.includes(words)) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { display, send: (message: Message) => listener(message), painted, waitFor, isClosed: () => isClosed };
};

/** The text UI on a recording display, over a survey of the test's own. */
const startTextUi = (survey: () => Promise<readonly Disk[]>) => {
  const recording = recordingDisplay();
  const reports: string[] = [];
  const station: Station = {
    ...laptop,
    keyboardLayout: undefined,
    keyboardLayouts: async () => [],
    loadKeyboardLayout: async () => {},
    watchDisks: () => ({ [Symbol.dispose]: () => {} }),
    restart: async () => {},
    powerOff: async () => {},
    writeReport: async (content) => {
      reports.push(content);
      return '/tmp/report.txt';
    },
    findKeyFiles: async () => [],
    announce: () => {},
  };
  const ended = runTextUi({
    display: recording.display,
    station,
    sources: [],
    language: 'en',
    version: '0.0.0',
    openRecovery: () => Promise.reject(new Error('nobody asked for files')),
    createContext: (emit) => ({
      storage: { survey, canLook: () => false } as unknown as Storage,
      profiles: [],
      emit,
      now: Date.now,
      randomBytes: (count) => new Uint8Array(count),
      shield: (action) => action(),
      stoppable: (action) => action(new AbortController().signal),
      isStopAsked: () => false,
    }),
  });
  return { ...recording, reports, ended };
};

test('a fault in the middle of a look shows a sentence and the way back, and the report goes to a file', async () => {
  let surveys = 0;
  const { send, waitFor, painted, reports, ended, isClosed } = startTextUi(async () => {
    surveys += 1;
    if (surveys === 1) throw new TypeError('nobody expected this');
    return [];
  });
  await waitFor('Sparekey stumbled');
  expect(painted.at(-1)).toContain('/tmp/report.txt');
  expect(painted.at(-1)).not.toMatch(/TypeError|at .*\.ts/);
  expect(reports[0]).toContain('TypeError: nobody expected this');
  send({ kind: 'key', key: 'enter' });
  await waitFor('No disk is here yet');
  send({ kind: 'key', key: 'interrupt' });
  expect(await ended).toMatchObject({ exitCode: 130 });
  expect(isClosed()).toBe(true);
});

test('what fails only because somebody left is no fault', async () => {
  const { promise, reject } = Promise.withResolvers<readonly Disk[]>();
  const { send, waitFor, reports, ended } = startTextUi(() => promise);
  await waitFor('Looking for disks');
  send({ kind: 'key', key: 'interrupt' });
  send({ kind: 'key', key: 'interrupt' });
  await ended;
  reject(new Error('the volume was closed'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(reports).toEqual([]);
});
