import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from '../support/machine.ts';

/** Names that QEMU has for keys that are no letter or digit, on the American layout that a kernel starts with. */
const names: Readonly<Record<string, string>> = {
  ' ': 'spc',
  '\n': 'ret',
  '-': 'minus',
  '=': 'equal',
  '.': 'dot',
  ',': 'comma',
  '/': 'slash',
  ';': 'semicolon',
  "'": 'apostrophe',
  '[': 'bracket_left',
  ']': 'bracket_right',
};
const shifted: Readonly<Record<string, string>> = {
  '>': '.',
  '<': ',',
  '|': '\\',
  '"': "'",
  '*': '8',
  '&': '7',
  $: '4',
  '(': '9',
  ')': '0',
  '!': '1',
  '{': '[',
  '}': ']',
  '?': '/',
  _: '-',
  '+': '=',
  ':': ';',
};

/** The keys that make a letter: `a` is one, `A` takes Shift. */
const keysOf = (letter: string): readonly string[] => {
  const plain = shifted[letter];
  if (plain !== undefined) return ['shift', ...keysOf(plain)];
  if (/[A-Z]/.test(letter)) return ['shift', letter.toLowerCase()];
  return [letter === '\\' ? 'backslash' : (names[letter] ?? letter)];
};

/** Types a line on the machine's own keyboard, and Enter. */
export async function typeLine(machine: Machine, line: string): Promise<void> {
  for (const letter of `${line}\n`) {
    await machine.press(...keysOf(letter));
    // The keyboard's own memory holds few keys, and an emulated machine may be slow to fetch them.
    await sleep(120);
  }
}

/**
 * Runs a command in the shell of the second screen, which must be in front, and sends what it prints to the serial
 * console, where a test can read it. A key may get lost all the same, so the command must bear being run again.
 * @returns what it printed
 */
export async function askShell(machine: Machine, command: string, patienceMs = 60_000): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    await machine.press('ctrl', 'c');
    await typeLine(machine, `(echo; echo 'BEG''IN'; ${command}; echo 'E''ND') >/dev/ttyS0 2>&1`);
    try {
      await machine.waitFor(/BEGIN\r?\n/, 30_000);
      const said = await machine.waitFor(/[\s\S]*?END/, patienceMs);
      return said.replace(/END$/, '').replaceAll('\r', '').trim();
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}
