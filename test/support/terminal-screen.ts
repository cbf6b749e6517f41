/** One sequence of ECMA-48 (or of a terminal before it), or one character; and the beginning of a sequence. */
const piece = /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[()][A-Z0-9]|\x1b[^[()]|[^\x1b]/uy;
const mayGoOn = /\x1b(\[[0-?]*[ -/]*|[()])?$/;

/**
 * What a terminal shows after all that was written to it: as much of one as a screen of Sparekey, a boot loader and a
 * login need. Colours are left out, and every character is one column wide.
 */
export class TerminalScreen {
  readonly #columns: number;
  readonly #rows: number;
  #cells: string[][];
  #row = 0;
  #column = 0;
  #pending = '';

  constructor(columns = 80, rows = 24) {
    this.#columns = columns;
    this.#rows = rows;
    this.#cells = Array.from({ length: rows }, () => []);
  }

  /** The lines, without the blanks at their ends. */
  get lines(): readonly string[] {
    return this.#cells.map((cells) =>
      Array.from(cells, (cell) => cell ?? ' ')
        .join('')
        .trimEnd(),
    );
  }

  write(text: string): void {
    const all = this.#pending + text;
    this.#pending = mayGoOn.exec(all)?.[0] ?? '';
    const complete = all.slice(0, all.length - this.#pending.length);
    for (piece.lastIndex = 0; piece.lastIndex < complete.length; ) {
      const found = piece.exec(complete);
      if (!found) break;
      const [whole, parameters = '', command] = found;
      if (command) this.#obey(command, parameters.split(';').map(Number));
      else if (whole === '\x1bc') this.#erase(0, this.#rows);
      else if (!whole.startsWith('\x1b')) this.#put(whole);
    }
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') this.#feedLine();
    else if (character === '\b') this.#column = Math.max(0, this.#column - 1);
    else if (character >= ' ') {
      if (this.#column >= this.#columns) {
        this.#column = 0;
        this.#feedLine();
      }
      const cells = this.#cells[this.#row];
      if (cells) cells[this.#column++] = character;
    }
  }

  #feedLine(): void {
    if (this.#row < this.#rows - 1) this.#row++;
    else this.#cells = [...this.#cells.slice(1), []];
  }

  #obey(command: string, [first = 0, second = 0]: readonly number[]): void {
    const within = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
    const steps = first || 1;
    if (command === 'H' || command === 'f') {
      this.#row = within(first - 1, this.#rows);
      this.#column = within(second - 1, this.#columns);
    } else if (command === 'A') this.#row = within(this.#row - steps, this.#rows);
    else if (command === 'B') this.#row = within(this.#row + steps, this.#rows);
    else if (command === 'C') this.#column = within(this.#column + steps, this.#columns);
    else if (command === 'D') this.#column = within(this.#column - steps, this.#columns);
    else if (command === 'K') this.#eraseLine(first);
    else if (command === 'J') {
      this.#eraseLine(first);
      if (first !== 1) this.#erase(this.#row + 1, this.#rows);
      if (first !== 0) this.#erase(0, this.#row);
    }
  }

  /** 0: from the cursor on, 1: up to it, 2: all of the line. */
  #eraseLine(what: number): void {
    const cells = this.#cells[this.#row] ?? [];
    const [from, to] = [what === 0 ? this.#column : 0, what === 1 ? this.#column + 1 : this.#columns];
    for (let column = from; column < to; column++) cells[column] = ' ';
  }

  #erase(from: number, to: number): void {
    for (let row = from; row < to; row++) this.#cells[row] = [];
  }
}
