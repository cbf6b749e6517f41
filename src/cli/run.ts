import type { Context } from '../engine/context.ts';
import type { Emit } from '../engine/events.ts';
import { jsonDocument } from '../formats/json-text.ts';
import { RescueError } from '../model/errors.ts';
import type { Recovery } from '../model/recovery.ts';
import type { Terminal } from '../model/terminal.ts';
import { languageOf, languages, textFor } from '../text/index.ts';
import type { Text } from '../text/text.ts';
import { describeFailure } from './failure.ts';
import { languageAsked } from './language.ts';
import { parseCommandLine } from './parse.ts';
import { eventLine } from './run-json.ts';
import { formatEvent } from './run-text.ts';
import type { JobDesk, Session } from './session.ts';

/** What main.ts gives the command line. */
export interface CommandLinePorts {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly terminal: Terminal;
  readonly createContext: (emit: Emit, text: Text) => Context;
  readonly openJob: (path: string) => Promise<JobDesk>;
  readonly openRecovery: () => Promise<Recovery>;
}

/** Runs one command line; resolves to the exit code and never throws. */
export const runCommandLine = async (ports: CommandLinePorts): Promise<number> => {
  const { argv, environment, terminal } = ports;
  const text = textFor(languageAsked(argv, languages) ?? languageOf(environment));
  let context: Context | undefined;
  const createContext: CommandLinePorts['createContext'] = (...parts) => {
    context = ports.createContext(...parts);
    return context;
  };
  const exitCode = await attempt({ ...ports, createContext }, text);
  // Whoever has asked to stop does not wait for a reader who does not read.
  const patience = context?.isStopAsked() ? [later(unreadMs)] : [];
  const [loss] = (await Promise.race([terminal.settle(), ...patience])) ?? [];
  if (loss === undefined) return exitCode;
  // Success that could not be said is none.
  const { exitCode: lossCode, message } = describeFailure(new RescueError('output-lost', loss), text);
  terminal.tell(message);
  await terminal.settle();
  return exitCode === 0 ? lossCode : exitCode;
};

const unreadMs = 1000;

const later = (ms: number): Promise<undefined> => new Promise((resolve) => setTimeout(resolve, ms, undefined).unref());

const attempt = async (ports: CommandLinePorts, text: Text): Promise<number> => {
  const { argv, version, terminal } = ports;
  try {
    const parsed = await parseCommandLine(argv, text, version);
    if ('output' in parsed) terminal.print(parsed.output);
    else return (await parsed.run(createSession(ports, text, parsed.isJson))) ?? 0;
    return 0;
  } catch (error) {
    const { exitCode, message, document } = describeFailure(error, text);
    terminal.tell(message);
    if (argv.includes('--json')) terminal.print(jsonDocument(document));
    return exitCode;
  }
};

const createSession = (ports: CommandLinePorts, text: Text, isJson: boolean): Session => {
  const { terminal, createContext, version, openJob, openRecovery } = ports;
  const emit: Emit = (event) => {
    const line = isJson ? eventLine(event, text) : formatEvent(event, text);
    if (line !== undefined) terminal.tell(line);
  };
  return { context: createContext(emit, text), terminal, text, version, openJob, openRecovery };
};
