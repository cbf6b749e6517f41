/** A terminal that Sparekey runs on: a real one on this machine, or the serial line of an emulated one. */
export interface Console {
  /** What is on the screen now, line by line. */
  readonly lines: () => readonly string[];
  readonly press: (key: ConsoleKey) => void;
  /** Text, character by character as if typed. */
  readonly type: (text: string) => Promise<void> | void;
  /** Waits until something is seen. Fails, with the screen, where it does not come for very long. */
  readonly until: (isSeen: () => boolean, what: string) => Promise<void>;
}

export type ConsoleKey = 'Up' | 'Down' | 'Left' | 'Right' | 'Home' | 'End' | 'Enter' | 'Escape' | 'C-c';

/** Called wherever a person would stop and read. */
export type Look = (caption: string) => void;

/** Where the chosen row or button is: the line, and the column of its sign. */
interface Position {
  readonly line: number;
  readonly column: number;
}

const rowSign = /^\s*> \S/;
const buttonSign = /> [^<>]+ </;

/** Of the one sign that is on the screen. Undefined while a screen is being painted, which may show two, or none. */
const chosenIn = (lines: readonly string[]): Position | undefined => {
  const signed = [...lines.entries()].filter(([, text]) => rowSign.test(text) || buttonSign.test(text));
  const [first, ...others] = signed;
  return first && others.length === 0 ? { line: first[0], column: first[1].indexOf('> ') } : undefined;
};

/** Steps that do not show in this time were none: the list had come to its end. On a slow machine it only begins again. */
const stepMs = 10_000;

/**
 * A person at Sparekey's text UI, who waits for what is seen and never for time: presses a key when the screen is the
 * one that it is meant for, and looks what came of it.
 */
export const rescuerAt = (terminal: Console) => {
  const { lines, press, type, until } = terminal;
  const joined = () => lines().join(' ').replace(/\s+/g, ' ');

  /** Waits until these words are on the screen, however they are broken into lines. */
  const sees = (words: RegExp): Promise<void> => until(() => words.test(joined()), `${words}`);

  const pressed = async (key: ConsoleKey, next: RegExp): Promise<void> => {
    press(key);
    await sees(next);
  };

  /** One step towards a row or button that is in sight, or further down a list that does not fit the window. */
  const stepTowards = async (row: RegExp, from: Position): Promise<void> => {
    const before = lines();
    const line = before.findIndex((text) => row.test(text.trimStart()));
    const column = before[line]?.search(row) ?? 0;
    const isBelow = line === -1 || line > from.line;
    const key = line === from.line ? (column > from.column ? 'Right' : 'Left') : isBelow ? 'Down' : 'Up';
    press(key);
    const deadline = Date.now() + stepMs;
    let hasMoved = false;
    await until(() => {
      hasMoved = lines().join('\n') !== before.join('\n') && chosenIn(lines()) !== undefined;
      return hasMoved || Date.now() > deadline;
    }, `a step by ${key} towards ${row}`);
    if (!hasMoved) press('Home');
  };

  /** Moves by the arrow keys to the row or button whose words match; it may be out of sight, or not there yet. */
  const choose = async (row: RegExp): Promise<void> => {
    const isChosen = (): boolean => {
      const at = chosenIn(lines());
      return at !== undefined && row.test((lines()[at.line]?.slice(at.column + 2) ?? '').replace(/ <.*$/, ''));
    };
    const deadline = Date.now() + 60 * stepMs;
    while (!isChosen()) {
      if (Date.now() > deadline) await until(isChosen, `a chosen row ${row}`);
      await until(() => chosenIn(lines()) !== undefined, 'one chosen row or button');
      const at = chosenIn(lines());
      if (at && !isChosen()) await stepTowards(row, at);
    }
  };

  /** Chooses a row or a button, presses Enter and waits for what comes then. */
  const enter = async (row: RegExp, next: RegExp): Promise<void> => {
    await choose(row);
    await pressed('Enter', next);
  };

  const firstScreen = /Choose (what|where) you want to get (into|in)/;

  /** What can be done with one volume, from the first screen on. */
  const volume = (row: RegExp) => ({
    /** To the plan for a new password, which is not agreed to yet. */
    planReset: async (user: string, password: string, look?: Look): Promise<void> => {
      await choose(row);
      look?.('The disks of this machine, and what is on them');
      await pressed('Enter', /Reset a password/);
      await enter(/Reset a password/, /Who is locked out\?/);
      await choose(new RegExp(`^${user}\\b`));
      look?.('Who can log in there');
      await pressed('Enter', new RegExp(`A new password for “${user}”`));
      await type(password);
      await pressed('Enter', /> The same once more/);
      await type(password);
      await pressed('Enter', /> Set the new password <|This account is locked/);
      look?.('The plan; nothing has been written yet');
    },

    /** To the plan for taking back the newest change whose words match. */
    planUndo: async (change: RegExp): Promise<void> => {
      await enter(row, /Undo an earlier change/);
      await enter(/Undo an earlier change/, /Which change should be undone\?/);
      await enter(change, /> Put it back </);
    },
  });

  return { choose, enter, pressed, sees, volume, toFirstScreen: () => enter(/Back to the first screen/, firstScreen) };
};
