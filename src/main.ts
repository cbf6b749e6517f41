import manifest from '../package.json' with { type: 'json' };
import type { Context } from './engine/context.ts';
import type { Emit } from './engine/events.ts';
import type { InterruptionWords } from './host/process/interruption.ts';
import type { Recovery } from './model/recovery.ts';
import type { Invocation } from './tui/invocation.ts';

/**
 * The composition root: the only file that joins the host to the engine and to a face. Rooms are imported when they
 * are needed, because start-up time is import time.
 */
const main = async (argv: readonly string[]): Promise<number> => {
  if (argv.length === 1 && argv[0] === '--version') {
    // Where nobody takes it, the ordinary way says so.
    if ((await printLine(`sparekey ${manifest.version}`)) === 0) return 0;
  }
  // Not for people: the rescue medium calls this when it finds a job on itself.
  if (argv[0] === 'boot-job') return await runBootJobHere(argv.slice(1));
  if (process.stdin.isTTY && process.stdout.isTTY) {
    const { textUiAsked } = await import('./tui/invocation.ts');
    const { languages } = await import('./text/index.ts');
    const asked = textUiAsked(argv, languages);
    if (asked) return await runTextUiHere(asked);
  }
  return await runCommandLineHere(argv);
};

/** @returns 1 where nobody takes it */
const printLine = async (line: string): Promise<number> => {
  const { createOutput } = await import('./host/process/output.ts');
  const { put, settle } = createOutput();
  void put('stdout', Buffer.from(`${line}\n`));
  return (await settle()).length > 0 ? 1 : 0;
};

/** The command line, on the process's own streams. */
const runCommandLineHere = async (argv: readonly string[]): Promise<number> => {
  const { runCommandLine } = await import('./cli/run.ts');
  const { createTerminal } = await import('./host/machine/terminal.ts');
  const terminal = createTerminal();
  await using foundation = await createFoundation();
  return await runCommandLine({
    argv,
    environment: process.env,
    version: manifest.version,
    terminal,
    createContext: (emit, text) =>
      foundation.createContext(emit, {
        onShielded: () => terminal.tell(text.run.finishingFirst),
        onStopping: () => terminal.tell(text.run.stopping),
        onHeld: () => terminal.tell(text.run.heldByKernel),
      }),
    openJob: async (path) => {
      const { createJobFolder } = await import('./host/medium/job-folder.ts');
      const { createStation } = await import('./host/machine/station.ts');
      return { medium: createJobFolder(path), station: await createStation(process.env) };
    },
    openRecovery: foundation.openRecovery,
  });
};

/**
 * The job of the medium that this machine was started from. Prints the name of the console on which somebody wants the
 * text UI; exits with 3 when the machine is going down.
 */
const runBootJobHere = async (consoles: readonly string[]): Promise<number> => {
  const { formatEvent } = await import('./cli/run-text.ts');
  const { createBootMedium } = await import('./host/medium/boot-medium.ts');
  const { createBystanders } = await import('./host/machine/bystanders.ts');
  const { createStation } = await import('./host/machine/station.ts');
  const { runBootJob } = await import('./jobs/boot.ts');
  const { textFor } = await import('./text/index.ts');
  const text = textFor('en');
  using bystanders = await createBystanders(consoles);
  await using foundation = await createFoundation();
  try {
    const onward = await runBootJob({
      medium: createBootMedium(),
      bystanders,
      station: await createStation(process.env),
      version: manifest.version,
      text,
      createContext: (emit) =>
        foundation.createContext(emit, { onShielded: () => bystanders.say(text.run.finishingFirst) }),
      openRecovery: foundation.openRecovery,
      describeEvent: formatEvent,
    });
    if (onward.to === 'leaving') return 3;
    if (onward.console !== undefined) await printLine(onward.console);
  } catch (error) {
    const { describeProblem } = await import('./jobs/problem.ts');
    bystanders.say(describeProblem(error, text).message);
  }
  return 0;
};

/** The text UI, on this terminal. */
const runTextUiHere = async ({ sources, language, hasColour }: Invocation): Promise<number> => {
  const { createStation } = await import('./host/machine/station.ts');
  const { languageOf } = await import('./text/index.ts');
  const { runTextUi } = await import('./tui/run.ts');
  const { createScreen } = await import('./tui/kit/screen.ts');
  const { env } = process;
  const station = await createStation(env);
  await using foundation = await createFoundation();
  const { exitCode, words } = await runTextUi({
    display: createScreen({ terminal: env['TERM'], hasColour: hasColour && !env['NO_COLOR'] }),
    station,
    sources,
    language: language ?? languageOf(env),
    version: manifest.version,
    createContext: foundation.createContext,
    openRecovery: foundation.openRecovery,
  });
  for (const line of words) await printLine(line);
  return exitCode;
};

interface SignalWishes extends InterruptionWords {
  /** Gives back what the face holds, such as the terminal's state. */
  readonly onStop?: () => void;
}

/** What the engine stands on, whichever the face: real disks, the systems we know, this machine's clock and signals. */
const createFoundation = async () => {
  const { randomBytes } = await import('node:crypto');
  const { watchSignals } = await import('./host/process/interruption.ts');
  const { keepToOurselves } = await import('./host/process/privacy.ts');
  const { createStorage } = await import('./host/storage/storage.ts');
  const { profiles } = await import('./systems/index.ts');
  await keepToOurselves();
  const storage = createStorage();
  let recovery: (Recovery & AsyncDisposable) | undefined;
  const openRecovery = async (): Promise<Recovery> => {
    const { createRecovery } = await import('./host/recovery/recovery.ts');
    recovery ??= createRecovery();
    return recovery;
  };
  const closeAll = async () => {
    await recovery?.[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  };
  const close = async () => {
    await Promise.race([closeAll(), givingUp(3000)]);
    // Whoever comes next finds arrays and groups as they were; on a slow machine that takes a while.
    await Promise.race([storage.takeDown(), givingUp(30_000)]);
  };
  const createContext = (emit: Emit, { onStop, ...words }: SignalWishes): Context => {
    const stop = async () => {
      onStop?.();
      await close();
    };
    return { storage, profiles, emit, now: Date.now, randomBytes, ...watchSignals(stop, words) };
  };
  return { createContext, openRecovery, [Symbol.asyncDispose]: close };
};

/** A dying disk may never let go. When we have ended, on whatever way, the kernel unmounts what is left (host/mounts/keeper.ts). */
const givingUp = (afterMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, afterMs).unref());

void main(process.argv.slice(2)).then(async (exitCode) => {
  const { leave } = await import('./host/process/leaving.ts');
  // A look at a dying disk may still be waiting; by now nobody waits for it any more.
  leave(exitCode);
});
