/** The part of blessed that Sparekey uses: its terminal, without its widgets. @types/blessed describes only the widgets. */
declare module 'blessed/lib/program.js' {
  interface KeyEvent {
    /** The key's name, or nothing for digits and signs. */
    readonly name?: string;
    readonly ctrl?: boolean;
    readonly meta?: boolean;
    readonly shift?: boolean;
  }

  interface Options {
    readonly input: NodeJS.ReadableStream;
    readonly output: NodeJS.WritableStream;
    readonly terminal: string;
    /** Without terminfo, blessed speaks plain ECMA-48 and xterm, which every terminal of today understands. */
    readonly tput: false;
  }

  class Program {
    constructor(options: Options);
    on(event: 'keypress', listener: (character: string | undefined, key: KeyEvent) => void): this;
    on(event: 'resize', listener: () => void): this;
    alternateBuffer(): void;
    normalBuffer(): void;
    hideCursor(): void;
    showCursor(): void;
    /** From 0, 0. */
    cursorPos(row: number, column: number): void;
    clear(): void;
    write(text: string): void;
    destroy(): void;
  }

  export = Program;
}
