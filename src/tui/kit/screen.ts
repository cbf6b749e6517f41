import { PassThrough } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import Program from 'blessed/lib/program.js';
import { Secret } from '../../model/secret.ts';
import type { Message } from '../messages.ts';
import type { Display } from './display.ts';
import { escapeWaitMs, feed, giveUpWaiting, type InputState, noInput, type Piece } from './input.ts';
import { messageOf } from './keys.ts';
import { paintLine } from './palette.ts';

/** A serial line knows no size and says 0×0; every terminal has at least this much. */
const assumed = { columns: 80, rows: 24 };

/** blessed leaves out what its own list of terminals lacks; everything that is not such a one understands xterm's way. */
const terminalOf = (name: string | undefined): string =>
  name !== undefined && /^(linux|xterm|screen|tmux)/.test(name) ? name : 'xterm-256color';

const bracketedPasteOn = '\u001b[?2004h';
const bracketedPasteOff = '\u001b[?2004l';
const resetStyle = '\u001b[0m';
/** Forgets what has scrolled off the top, on a console that has no second buffer to come back from. */
const forgetScrolledOff = '\u001b[3J';

export interface ScreenOptions {
  /** TERM. */
  readonly terminal: string | undefined;
  readonly hasColour: boolean;
}

/** The terminal on standard input and output, by way of blessed: the only file that knows it. */
export const createScreen = ({ terminal, hasColour }: ScreenOptions): Display => {
  const { stdin, stdout } = process;
  const name = terminalOf(terminal);
  const keyboard = new PassThrough();
  const program = new Program({ input: keyboard, output: stdout, terminal: name, tput: false });
  // A terminal that went away cannot be written to; that it did is told by a signal and by its end.
  stdout.on('error', () => {});
  let painted: readonly string[] = [];
  let isClosed = false;
  const size = () => ({ columns: stdout.columns || assumed.columns, rows: stdout.rows || assumed.rows });

  stdin.setRawMode(true);
  program.alternateBuffer();
  program.hideCursor();
  program.write(bracketedPasteOn);
  program.clear();

  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    program.write(`${resetStyle}${bracketedPasteOff}`);
    program.clear();
    program.write(name.startsWith('linux') ? forgetScrolledOff : '');
    program.normalBuffer();
    program.showCursor();
    program.destroy();
    stdin.setRawMode(false);
    stdin.pause();
  };
  // Whatever ends the process, the terminal is given back.
  process.once('exit', close);

  return {
    get columns() {
      return size().columns;
    },
    get rows() {
      return size().rows;
    },

    listen: (onMessage) => {
      program.on('keypress', (character, key) => {
        const message = messageOf(character, key);
        if (message) onMessage(message);
      });
      const repaint = () => {
        // Terminals rearrange what stands on them in their own ways: everything is painted anew.
        painted = [];
        onMessage({ kind: 'resized', ...size() });
      };
      program.on('resize', repaint);
      // Also without a new size: the rescue system says so when the screen has got another font.
      process.on('SIGWINCH', repaint);
      for (const end of ['end', 'error']) stdin.once(end, () => onMessage({ kind: 'hung-up' }));
      readInput(stdin, (piece) => {
        if (piece.kind === 'keys') keyboard.write(piece.text);
        else onMessage(pastedMessage(piece.text));
      });
    },

    paint: ({ lines }) => {
      if (isClosed) return;
      // One write to the terminal for all of it.
      stdout.cork();
      if (painted.length !== lines.length) program.clear();
      const next = lines.map((line) => paintLine(line, hasColour));
      for (const [row, line] of next.entries()) {
        if (painted[row] === line) continue;
        program.cursorPos(row, 0);
        program.write(line);
      }
      stdout.uncork();
      painted = next;
    },

    close,
  };
};

const pastedMessage = (text: string): Message => ({ kind: 'pasted', text: new Secret(text) });

/** Reads the terminal, waiting a moment for the rest of a sequence that arrives in pieces. */
const readInput = (stdin: NodeJS.ReadStream, onPiece: (piece: Piece) => void): void => {
  const decoder = new StringDecoder('utf8');
  let state: InputState = noInput;
  let timer: NodeJS.Timeout | undefined;
  const take = ([next, pieces]: readonly [InputState, readonly Piece[]]) => {
    state = next;
    pieces.forEach(onPiece);
  };
  stdin.on('data', (chunk: Buffer) => {
    clearTimeout(timer);
    take(feed(state, decoder.write(chunk)));
    if (state.pending !== '') timer = setTimeout(() => take(giveUpWaiting(state)), escapeWaitMs);
  });
  stdin.resume();
};
