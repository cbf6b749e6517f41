import manifest from '../package.json' with { type: 'json' };
import type { Invocation } from './tui/invocation.ts';

/**
 * The composition root: the only file that joins the host to the engine and to a face. Rooms are imported when they
 * are needed, because start-up time is import time.
 */
const main = async (argv: readonly string[]): Promise<number> => {
  if (argv.length === 1 && argv[0] === '--version') {
    process.stdout.write(`sparekey ${manifest.version}\n`);
    return 0;
  }
  if (process.stdin.isTTY && process.stdout.isTTY) {
    const { textUiAsked } = await import('./tui/invocation.ts');
    const { languages } = await import('./text/index.ts');
    const asked = textUiAsked(argv, languages);
    if (asked) return await runTextUiHere(asked);
  }
  const { randomBytes } = await import('node:crypto');
  const { runCommandLine } = await import('./cli/run.ts');
  const { watchSignals } = await import('./host/interruption.ts');
  const { createStorage } = await import('./host/storage.ts');
  const { createTerminal } = await import('./host/terminal.ts');
  const { profiles } = await import('./systems/index.ts');
  const terminal = createTerminal();
  await using storage = createStorage();
  return await runCommandLine({
    argv,
    environment: process.env,
    version: manifest.version,
    terminal,
    createContext: (emit, text) => {
      const close = async () => await storage[Symbol.asyncDispose]();
      const { shield } = watchSignals(close, () => terminal.tell(text.run.finishingFirst));
      return { storage, profiles, emit, now: Date.now, randomBytes, shield };
    },
  });
};

/** The text UI on this terminal. */
const runTextUiHere = async ({ sources, language, hasColour }: Invocation): Promise<number> => {
  const { randomBytes } = await import('node:crypto');
  const { watchSignals } = await import('./host/interruption.ts');
  const { createStation } = await import('./host/station.ts');
  const { createStorage } = await import('./host/storage.ts');
  const { profiles } = await import('./systems/index.ts');
  const { languageOf } = await import('./text/index.ts');
  const { runTextUi } = await import('./tui/run.ts');
  const { createScreen } = await import('./tui/screen.ts');
  const { env, stdout } = process;
  const station = await createStation(env);
  await using storage = createStorage();
  const { exitCode, words } = await runTextUi({
    display: createScreen({ terminal: env['TERM'], hasColour: hasColour && !env['NO_COLOR'] }),
    station,
    sources,
    language: language ?? languageOf(env),
    version: manifest.version,
    createContext: (emit, { onStop, onShielded }) => {
      const close = async () => {
        onStop();
        await storage[Symbol.asyncDispose]();
      };
      const { shield } = watchSignals(close, onShielded);
      return { storage, profiles, emit, now: Date.now, randomBytes, shield };
    },
  });
  for (const line of words) stdout.write(`${line}\n`);
  return exitCode;
};

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
