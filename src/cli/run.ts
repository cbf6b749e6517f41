import type { Context } from '../engine/context.ts';
import type { Emit } from '../engine/events.ts';
import type { Terminal } from '../model/terminal.ts';
import { languageOf, languages, textFor } from '../text/index.ts';
import type { Text } from '../text/text.ts';
import { runResetPassword, runScan, runUndo, type Session } from './commands.ts';
import { describeFailure } from './failure.ts';
import { parseCommandLine } from './parse.ts';
import { languageAsked, type Request } from './request.ts';
import { eventLine } from './run-json.ts';
import { formatEvent } from './run-text.ts';

/** What main.ts gives the command line. */
export interface Surroundings {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly terminal: Terminal;
  readonly createContext: (emit: Emit, text: Text) => Context;
}

/** Runs one command line; resolves to the exit code and never throws. */
export const runCommandLine = async (surroundings: Surroundings): Promise<number> => {
  const { argv, environment, version, terminal } = surroundings;
  const text = textFor(languageAsked(argv, languages) ?? languageOf(environment));
  const isJson = argv.includes('--json');
  try {
    const request = await parseCommandLine(argv, text, version);
    await runRequest(request, surroundings, text);
    return 0;
  } catch (error) {
    const { exitCode, message, document } = describeFailure(error, text);
    terminal.tell(message);
    if (isJson) terminal.print(JSON.stringify(document, undefined, 2));
    return exitCode;
  }
};

const runRequest = async (request: Request, { terminal, createContext }: Surroundings, text: Text): Promise<void> => {
  if (request.command === 'show') return terminal.print(request.output);
  const emit: Emit = (event) => {
    const line = request.json ? eventLine(event, text) : formatEvent(event, text);
    if (line !== undefined) terminal.tell(line);
  };
  const session: Session = { context: createContext(emit, text), terminal, text };
  switch (request.command) {
    case 'scan':
      return await runScan(session, request);
    case 'reset-password':
      return await runResetPassword(session, request);
    case 'undo':
      return await runUndo(session, request);
  }
};
