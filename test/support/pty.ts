import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Console, ConsoleKey } from './rescuer.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface PtyOptions {
  readonly args: readonly string[];
  /** TERM. */
  readonly terminal?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
  /** A line without a size, as a serial one. */
  readonly hasSize?: boolean;
  /** What runs in the place of Sparekey's own main. */
  readonly program?: string;
}

/** How long something may take to appear before the test gives up; far more than it needs on a slow machine. */
const patienceMs = 60_000;
const pauseMs = 25;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Sparekey on a terminal of its own: tmux is the terminal, keeps what is on the screen and what scrolled off it, and
 * types. A foreign judge of our escape sequences.
 */
export class Pty implements Disposable, Console {
  readonly #folder = mkdtempSync(join(tmpdir(), 'sparekey-pty-'));

  constructor(options: PtyOptions) {
    const { args, terminal = 'xterm-256color', environment = {}, columns = 80, rows = 24, hasSize = true } = options;
    const settings = 'set -s escape-time 0\nset -g history-limit 10000\nset -g status off\n';
    writeFileSync(join(this.#folder, 'tmux.conf'), settings);
    const variables = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', TERM: terminal, ...environment };
    const assignments = Object.entries(variables).map(([name, value]) => quote(`${name}=${value}`));
    const command = [process.execPath, options.program ?? main, ...args].map(quote).join(' ');
    const script = [
      hasSize ? ':' : 'stty rows 0 cols 0',
      `stty -g >${this.#folder}/before`,
      `env -i ${assignments.join(' ')} ${command}`,
      'code=$?',
      `stty -g >${this.#folder}/after`,
      'echo "ended with $code"',
      // The terminal is looked at afterwards.
      'exec sleep 600',
    ].join('; ');
    // So that a login shell or a profile of the machine has no say in it.
    const shell = ['sh', '-c', script];
    this.#tmux(
      '-f',
      join(this.#folder, 'tmux.conf'),
      'new-session',
      '-d',
      '-x',
      `${columns}`,
      '-y',
      `${rows}`,
      ...shell,
    );
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-u', '-S', join(this.#folder, 'socket'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
      .toString()
      .replace(/\n$/, '');
  }

  /** What is on the screen now, without trailing blanks. */
  screen(): string {
    return this.#tmux('capture-pane', '-p');
  }

  lines = (): readonly string[] => this.screen().split('\n');

  /** The same with its colours, as SGR sequences (ECMA-48), and with its blanks. */
  styledScreen(): string {
    return this.#tmux('capture-pane', '-p', '-e', '-N');
  }

  /** The screen and everything that scrolled off it, in both of the terminal's buffers. */
  everything(): string {
    const other = this.#tmux('capture-pane', '-p', '-a', '-q', '-S', '-');
    return `${this.#tmux('capture-pane', '-p', '-S', '-')}\n${other}`;
  }

  /** Keys as tmux names them: Enter, Down, Escape, C-c, F2. */
  press = (...keys: readonly (ConsoleKey | string)[]): void => {
    this.#tmux('send-keys', ...keys);
  };

  /** Text, character by character as if typed; slowly enough not to be taken for a paste. */
  type = async (text: string): Promise<void> => {
    for (const part of text.match(/[\s\S]{1,8}/gu) ?? []) {
      this.#tmux('send-keys', '-l', '--', part);
      await pause(pauseMs);
    }
  };

  /** Bytes as they are, in one piece. */
  send(bytes: string): void {
    const hex = [...Buffer.from(bytes)].map((byte) => byte.toString(16).padStart(2, '0'));
    this.#tmux('send-keys', '-H', ...hex);
  }

  /** As a terminal pastes: between marks, where the program has asked for them and the terminal knows of such things. */
  paste(text: string, { isMarked = true } = {}): void {
    const file = join(this.#folder, 'paste');
    writeFileSync(file, text);
    this.#tmux('load-buffer', file);
    this.#tmux('paste-buffer', '-r', ...(isMarked ? ['-p'] : []));
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', `${columns}`, '-y', `${rows}`);
  }

  /** Sends a signal to Sparekey itself. */
  signal(name: 'TERM' | 'INT' | 'HUP'): void {
    const shell = this.#tmux('display-message', '-p', '#{pane_pid}');
    const [child] = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').split(' ');
    if (!child) throw new Error('Sparekey has ended already');
    process.kill(Number(child), `SIG${name}`);
  }

  /** Waits until these words are on the screen, however they are broken into lines. */
  async shows(words: string | RegExp): Promise<void> {
    const isThere = (screen: string) => {
      const text = screen.replace(/\s+/g, ' ');
      return typeof words === 'string' ? text.includes(words) : words.test(text);
    };
    await this.until(() => isThere(this.screen()), `${words}`);
  }

  /** Waits until these words are gone from the screen. */
  async forgets(words: string): Promise<void> {
    await this.until(() => !this.screen().includes(words), `the screen without ${words}`);
  }

  /** Waits for Sparekey's end. @returns its exit code */
  async ends(): Promise<number> {
    await this.shows(/ended with \d+/);
    return Number(/ended with (\d+)/.exec(this.screen())?.[1]);
  }

  /** After the end: whether the line is as it was, the screen the usual one and the cursor visible. */
  isRestored(): boolean {
    const [before, after] = ['before', 'after'].map((name) => readFileSync(join(this.#folder, name), 'utf8'));
    return before === after && this.#tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}') === '0 1';
  }

  until = async (isSeen: () => boolean, what: string): Promise<void> => {
    for (let waitedMs = 0; !isSeen(); waitedMs += pauseMs) {
      if (waitedMs > patienceMs) throw new Error(`not seen: ${what}. The screen:\n${this.screen()}`);
      await pause(pauseMs);
    }
  };

  [Symbol.dispose](): void {
    this.#tmux('kill-server');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
