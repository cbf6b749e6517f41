import { randomBytes } from 'node:crypto';
import { createStation } from '../../src/host/machine/station.ts';
import { createRecovery } from '../../src/host/recovery/recovery.ts';
import { createStorage } from '../../src/host/storage/storage.ts';
import { createScreen } from '../../src/tui/kit/screen.ts';
import { runTextUi } from '../../src/tui/run.ts';

/**
 * node test/support/crashing-ui.ts CANARY: the text UI on this terminal as main.ts puts it together, but for a fault of
 * our own in the middle of the first look at the disks, whose message quotes what should never be seen.
 */
const canary = process.argv[2] ?? '';
const storage = createStorage();
let surveys = 0;

const { exitCode } = await runTextUi({
  display: createScreen({ terminal: process.env['TERM'], hasColour: true }),
  station: await createStation(process.env),
  sources: [],
  language: 'en',
  version: '0.0.0',
  openRecovery: async () => createRecovery(),
  createContext: (emit) => ({
    storage: {
      ...storage,
      survey: async () => {
        surveys += 1;
        if (surveys === 1) throw new TypeError(`Unexpected token, "${canary}" is not valid JSON`);
        return [];
      },
    },
    profiles: [],
    emit,
    now: Date.now,
    randomBytes,
    shield: (action) => action(),
    stoppable: (action) => action(new AbortController().signal),
    isStopAsked: () => false,
  }),
});
await storage[Symbol.asyncDispose]();
process.exitCode = exitCode;
