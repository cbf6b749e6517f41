import { open } from 'node:fs/promises';
import { isatty } from 'node:tty';
import { RescueError } from '../../model/errors.ts';
import type { OutputStream, Terminal } from '../../model/terminal.ts';
import { createOutput, isDiscarded } from '../process/output.ts';

/** Nobody's password file is longer; a device file given by mistake would never end. */
const smallFileBytes = 64 * 1024;

/** The process's own standard streams. Questions go to standard error, so that results can be piped. */
export const createTerminal = (): Terminal => {
  const { stdin } = process;
  const lines = createLineReader();
  const { put, settle, settleForGood } = createOutput();
  const say = (stream: OutputStream, text: string) => void put(stream, Buffer.from(text));
  return {
    isInteractive: isatty(0) && isatty(2),
    hasColor: isatty(1) && process.stdout.hasColors(),
    isDiscarded: isDiscarded(),
    write: async (bytes) => {
      await put('stdout', bytes);
      const loss = (await settle()).find(({ stream }) => stream === 'stdout');
      if (loss) throw new RescueError('output-lost', loss);
    },
    print: (text) => say('stdout', `${text}\n`),
    settle,
    settleForGood,
    tell: (text) => say('stderr', `${text}\n`),
    ask: (question) => {
      say('stderr', question);
      return lines.next();
    },
    askSecrets: async (questions) => {
      const answers: string[] = [];
      // Before the first question and until after the last: who answers at once, or pastes both, must not see it echoed.
      stdin.setRawMode(true);
      try {
        for (const question of questions) {
          say('stderr', question);
          const answer = await lines.next({ isRaw: true });
          say('stderr', '\n');
          if (answer === undefined || answer === '') break;
          answers.push(answer);
        }
        return answers;
      } finally {
        stdin.setRawMode(false);
      }
    },
    readSmallFile: (path) => (path === '-' ? readStandardInput() : readSmallFile(path)),
  };
};

const readStandardInput = async (): Promise<Uint8Array> => {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > smallFileBytes) throw new RescueError('password-file', { path: '-', reason: 'EFBIG' });
  }
  return Buffer.concat(chunks);
};

/** To its end, in however many pieces: it may be a FIFO. */
const readSmallFile = async (path: string): Promise<Uint8Array> => {
  const buffer = Buffer.alloc(smallFileBytes + 1);
  let sizeBytes = 0;
  try {
    await using file = await open(path);
    while (sizeBytes < buffer.length) {
      const { bytesRead } = await file.read(buffer, sizeBytes, buffer.length - sizeBytes, null);
      if (bytesRead === 0) return buffer.subarray(0, sizeBytes);
      sizeBytes += bytesRead;
    }
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new RescueError('password-file', { path, reason }, { cause: error });
  }
  throw new RescueError('password-file', { path, reason: 'EFBIG' });
};

interface LineReader {
  next(options?: { isRaw: boolean }): Promise<string | undefined>;
}

/** Lines from standard input. What was typed or pasted ahead is kept for the next question. */
const createLineReader = (): LineReader => {
  const { stdin } = process;
  const decoder = new TextDecoder();
  let pending = '';
  return {
    next: async ({ isRaw } = { isRaw: false }) => {
      let line = '';
      for (;;) {
        const taken = takeLine(line, pending, isRaw);
        ({ line, rest: pending } = taken);
        if (taken.isInterrupt) await interruptOurselves(stdin);
        if (taken.isComplete) return taken.isEnd ? undefined : line;
        const chunk = await nextChunk(stdin);
        if (chunk === undefined) return line === '' ? undefined : line;
        pending += decoder.decode(chunk, { stream: true });
      }
    },
  };
};

interface Taken {
  readonly line: string;
  readonly rest: string;
  readonly isComplete: boolean;
  readonly isEnd?: boolean;
  readonly isInterrupt?: boolean;
}

/** Arrow and function keys: ECMA-48 control sequences, and the SS3 form. */
const keySequence = /^\u001b(\[[0-?]*[ -/]*[@-~]|O[@-~])/;

/** Does for a raw terminal what the kernel's line discipline does for a cooked one (termios(3)). */
const takeLine = (line: string, input: string, isRaw: boolean): Taken => {
  let text = line;
  for (let at = 0; at < input.length; ) {
    const sequence = isRaw ? keySequence.exec(input.slice(at))?.[0] : undefined;
    if (sequence !== undefined) {
      at += sequence.length;
      continue;
    }
    const character = String.fromCodePoint(input.codePointAt(at) ?? 0);
    at += character.length;
    const rest = input.slice(at);
    if (character === '\n' || character === '\r') return { line: text, rest, isComplete: true };
    if (!isRaw) text += character;
    else if (character === '\u0003') return { line: text, rest, isComplete: true, isInterrupt: true };
    else if (character === '\u0004' && text === '') return { line: text, rest, isComplete: true, isEnd: true };
    else if (character === '\u0015') text = '';
    else if (character === '\u007f' || character === '\b') text = [...text].slice(0, -1).join('');
    else text += character;
  }
  return { line: text, rest: '', isComplete: false };
};

/** A raw terminal hands over Ctrl-C as a character; what it means is decided where all signals are. */
const interruptOurselves = (stdin: NodeJS.ReadStream): Promise<never> => {
  stdin.setRawMode(false);
  process.emit('SIGINT', 'SIGINT');
  return new Promise(() => {});
};

const nextChunk = (stdin: NodeJS.ReadStream): Promise<Buffer | undefined> =>
  new Promise((resolve) => {
    const settle = (chunk: Buffer | undefined) => {
      stdin.off('data', onData).off('end', onEnd).pause();
      resolve(chunk);
    };
    const onData = (chunk: Buffer) => settle(chunk);
    const onEnd = () => settle(undefined);
    if (stdin.readableEnded) resolve(undefined);
    else stdin.on('data', onData).on('end', onEnd).resume();
  });
