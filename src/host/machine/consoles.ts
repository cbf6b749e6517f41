import { closeSync, constants, openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';

/** Every console of the machine at once. */
export interface Consoles extends Disposable {
  say(line: string): void;
  /** A line that is written over the one before, if that was written this way too. */
  sayOver(line: string): void;
  /** The name of the console on which a key was pressed first. */
  readonly keyPressed: Promise<string>;
}

/** What a person can press; a loose serial cable makes zeros and bytes above. */
const isKey = (bytes: Uint8Array): boolean => bytes.some((byte) => byte > 0 && byte < 0x80);

/** ECMA-48: erases to the end of the line. */
const eraseRest = '\u001b[K';

/** @param names below /dev: `tty1`, `ttyS0`; one that cannot be opened is left out */
export const openConsoles = (names: readonly string[]): Consoles => {
  const pressed = Promise.withResolvers<string>();
  const consoles = names.flatMap((name) => openConsole(name, () => pressed.resolve(name)) ?? []);
  const writeAll = (text: string) => {
    for (const { write } of consoles) write(text);
  };
  let isOver = false;
  return {
    say: (line) => {
      writeAll(`${isOver ? '\r\n' : ''}${line.replaceAll('\n', '\r\n')}\r\n`);
      isOver = false;
    },
    sayOver: (line) => {
      writeAll(`\r${line}${eraseRest}`);
      isOver = true;
    },
    keyPressed: pressed.promise,
    [Symbol.dispose]: () => {
      for (const { close } of consoles) close();
    },
  };
};

const openConsole = (name: string, onKey: () => void) => {
  const files: number[] = [];
  try {
    const flags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;
    files.push(openSync(`/dev/${name}`, flags), openSync(`/dev/${name}`, flags));
    const [input, output] = [new ReadStream(files[0] ?? -1), new WriteStream(files[1] ?? -1)];
    for (const stream of [input, output]) stream.on('error', () => {}); // a serial adapter was pulled
    input.setRawMode(true);
    input.on('data', (bytes: Uint8Array) => isKey(bytes) && onKey());
    return {
      write: (text: string) => void output.write(text),
      close: () => {
        input.setRawMode(false);
        input.destroy();
        output.destroy();
      },
    };
  } catch {
    for (const file of files) closeSync(file);
    return undefined;
  }
};
