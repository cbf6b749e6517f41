/*
 * Between the terminal and blessed's keys: puts together what a slow line delivers in pieces, and keeps what was pasted
 * apart from what was typed, since a line break in it must not press Enter.
 */

/** What has arrived: keys, one or a few at a time, or a piece of text that nobody typed. */
export interface Piece {
  readonly kind: 'keys' | 'pasted';
  readonly text: string;
}

export interface InputState {
  /** The beginning of a sequence whose rest has not come. */
  readonly pending: string;
  /** Between the marks that a terminal puts around a paste (xterm, "bracketed paste"). */
  readonly paste: string | undefined;
}

export const noInput: InputState = { pending: '', paste: undefined };

/** How long a lone Escape may be the beginning of an arrow: a slow serial line needs 50 ms and more. */
export const escapeWaitMs = 150;

const pasteStart = '\u001b[200~';
const pasteEnd = '\u001b[201~';

/** A paste into a terminal that puts no marks around it arrives as more text at once than anybody types. */
const typedAtMost = 16;

/** More than anybody pastes on purpose; the rest of it is dropped. */
const longestPaste = 64 * 1024;

/** ECMA-48 control sequences, the Linux console's function keys (ESC [ [ A), SS3, and Alt with a key. */
const sequence = /^\u001b(?:\[\[[A-E]|\[[0-9;<?]*[A-Za-z~^$@]|O[0-9;]*[A-Za-z]|[^[O\u001b])/;
const unfinished = /^\u001b(?:\[\[?[0-9;<?]*|O[0-9;]*)?$/;

/** Takes what a read from the terminal brought. */
export const feed = (state: InputState, chunk: string): readonly [InputState, readonly Piece[]] => {
  const pieces: Piece[] = [];
  let rest = state.pending + chunk;
  let { paste } = state;
  while (rest !== '') {
    if (paste !== undefined) {
      const end = rest.indexOf(pasteEnd);
      if (end < 0) {
        // The end mark itself may have been cut in two.
        const kept = beginningOf(pasteEnd, rest);
        paste = (paste + rest.slice(0, rest.length - kept)).slice(0, longestPaste);
        return [{ pending: rest.slice(rest.length - kept), paste }, pieces];
      }
      pieces.push({ kind: 'pasted', text: (paste + rest.slice(0, end)).slice(0, longestPaste) });
      paste = undefined;
      rest = rest.slice(end + pasteEnd.length);
    } else if (rest.startsWith(pasteStart)) {
      paste = '';
      rest = rest.slice(pasteStart.length);
    } else if (unfinished.test(rest)) {
      return [{ pending: rest, paste }, pieces];
    } else {
      const text = firstPiece(rest);
      pieces.push({ kind: isPasted(text) ? 'pasted' : 'keys', text });
      rest = rest.slice(text.length);
    }
  }
  return [{ pending: '', paste }, pieces];
};

/** One sequence, or all that comes before the next one. */
const firstPiece = (text: string): string => {
  if (text.startsWith('\u001b')) return sequence.exec(text)?.[0] ?? '\u001b';
  const next = text.indexOf('\u001b');
  return next < 0 ? text : text.slice(0, next);
};

/** Keys that repeat themselves (backspace, Enter) arrive in heaps as well; text with letters in it does not. */
const isPasted = (text: string): boolean => text.length > typedAtMost && /[^\u0000-\u001f\u007f]/.test(text);

/** How many characters at the end of `text` are a beginning of `mark`. */
const beginningOf = (mark: string, text: string): number => {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length -= 1)
    if (text.endsWith(mark.slice(0, length))) return length;
  return 0;
};

/** When nothing more has come: a lone Escape was the Escape key. */
export const giveUpWaiting = ({ pending, paste }: InputState): readonly [InputState, readonly Piece[]] => {
  if (pending === '' || paste !== undefined) return [{ pending, paste }, []];
  return [noInput, [{ kind: 'keys', text: pending }]];
};
