import manifest from '../package.json' with { type: 'json' };

/**
 * The composition root: the only file that joins the host to the engine and to a face. Rooms are imported when they
 * are needed, because start-up time is import time.
 */
const main = async (argv: readonly string[]): Promise<number> => {
  if (argv.length === 1 && argv[0] === '--version') {
    process.stdout.write(`sparekey ${manifest.version}\n`);
    return 0;
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

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
