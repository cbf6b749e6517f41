import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MachineRecord } from './machine-record.ts';
import { argumentsOf, programOf } from './qemu.ts';
import { TerminalScreen } from './terminal-screen.ts';

/** What no console of a healthy machine ever says. */
const disaster =
  /Kernel panic|Oops[: ]|BUG: |Call Trace|Sparekey cannot start|Unable to mount root|Out of memory|soft lockup/;
/** Colours and cursor movements, which would stand between the words that a test waits for. */
const escapes = /\x1b(\[[0-?=]*[ -/]*[@-~]|[()][A-Z0-9]|%G|[=>78])/g;

/** QEMU's QMP, query-blockstats: of what one disk was asked. */
interface BlockStatistics {
  readonly device?: string;
  readonly stats: { readonly rd_operations: number };
}

/** A running virtual machine: its serial console is read and typed into, its screen can be photographed. */
export class Machine implements AsyncDisposable {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #folder: string;
  readonly #ended: Promise<number | undefined>;
  readonly #screen = new TerminalScreen();
  #raw = '';
  #errors = '';
  #read = 0;
  #hasEnded = false;

  private constructor(process: ChildProcessWithoutNullStreams, folder: string) {
    this.#process = process;
    this.#folder = folder;
    process.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#raw += text;
      this.#screen.write(text);
    });
    process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    this.#ended = new Promise((resolve, reject) => {
      process.on('error', reject);
      process.on('exit', (code) => {
        this.#hasEnded = true;
        resolve(code ?? undefined);
      });
    });
  }

  /** Switches a machine on. It lives until it powers itself off or is disposed of. */
  static async start(record: MachineRecord): Promise<Machine> {
    const folder = await mkdtemp(join(tmpdir(), 'sparekey-machine-'));
    return new Machine(spawn(programOf(record), await argumentsOf(record, folder, 'stdio')), folder);
  }

  /** Goes on where a machine of the same record was frozen, with its disks as they were then. */
  static async goOn(record: MachineRecord, frozen: string): Promise<Machine> {
    const folder = await mkdtemp(join(tmpdir(), 'sparekey-machine-'));
    const incoming = ['-incoming', `exec:cat '${frozen}'`];
    const machine = new Machine(
      spawn(programOf(record), [...(await argumentsOf(record, folder, 'stdio')), ...incoming]),
      folder,
    );
    await machine.#becomes('query-status', 'paused');
    await machine.control('cont');
    return machine;
  }

  /**
   * Switches a machine on whose serial console is the terminal of the person who runs this, until it powers itself off
   * or the person has enough (Ctrl-A, then X). @returns QEMU's exit code
   */
  static async runByHand(record: MachineRecord): Promise<number | undefined> {
    const folder = await mkdtemp(join(tmpdir(), 'sparekey-machine-'));
    try {
      const qemu = spawn(programOf(record), await argumentsOf(record, folder, 'mon:stdio'), { stdio: 'inherit' });
      return await new Promise((resolve, reject) => {
        qemu.on('error', reject).on('exit', (code) => resolve(code ?? undefined));
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Everything that the serial console said so far. */
  get console(): string {
    return this.#raw.replace(escapes, '');
  }

  /** What QEMU itself said, such as the events that it was asked to trace. */
  get asides(): string {
    return this.#errors;
  }

  /** What a terminal on the serial console shows now, line by line. */
  get screen(): readonly string[] {
    return this.#screen.lines;
  }

  /** Waits until this stands on the screen of the serial console. Fails as waitFor does. */
  async shows(pattern: RegExp, timeoutMs: number): Promise<void> {
    await this.#until(() => pattern.exec(this.screen.join('\n')) ?? undefined, timeoutMs, pattern);
  }

  /** Waits until the console says something new that matches. Fails on a panic, an early end, and silence. */
  async waitFor(pattern: RegExp, timeoutMs: number): Promise<string> {
    const look = () => pattern.exec(this.console.slice(this.#read)) ?? undefined;
    const { index, 0: text } = await this.#until(look, timeoutMs, pattern);
    this.#read += index + text.length;
    return text;
  }

  /** Waits until this is so. Fails as waitFor does. */
  async until(isSo: () => boolean, timeoutMs: number, awaited: string): Promise<void> {
    await this.#until(() => isSo() || undefined, timeoutMs, awaited);
  }

  /** Looks until something is found. */
  async #until<Found>(look: () => Found | undefined, timeoutMs: number, awaited: RegExp | string): Promise<Found> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      const broken = disaster.exec(this.console)?.[0];
      if (broken) throw this.#failure(`said "${broken}"`);
      if (this.#hasEnded) throw this.#failure(`ended without ${awaited}`);
      if (Date.now() > deadline) throw this.#failure(`has not said ${awaited} in ${timeoutMs / 1000} s`);
      await sleep(50);
    }
  }

  /** Types on the serial console. */
  type(text: string): void {
    this.#process.stdin.write(text);
  }

  /** Waits for the machine to power itself off: QEMU's exit code, 0 for an orderly end. */
  async end(timeoutMs: number): Promise<number | undefined> {
    const late = sleep(timeoutMs, 'late' as const, { ref: false });
    const result = await Promise.race([this.#ended, late]);
    if (result === 'late') throw this.#failure(`did not power off in ${timeoutMs / 1000} s`);
    return result;
  }

  /** Takes a picture of the screen, as PNG. */
  async photograph(path: string): Promise<void> {
    await this.control('screendump', { filename: path, format: 'png' });
  }

  /** Presses keys together on the machine's keyboard, named as QEMU names them: `ctrl`, `alt`, `delete`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.control('send-key', { keys: keys.map((data) => ({ type: 'qcode', data })) });
  }

  /** Plugs a disk into the machine's USB; it is pulled by the name `device-NAME`. */
  async plug(name: string, path: string): Promise<void> {
    const file = { driver: 'file', filename: path };
    await this.control('blockdev-add', { driver: 'raw', 'node-name': name, file });
    await this.control('device_add', { driver: 'usb-storage', drive: name, bus: 'usb.0', id: `device-${name}` });
  }

  /** Pulls a device out: `device-disk0` is the disk that it was started from. */
  async pull(id: string): Promise<void> {
    await this.control('device_del', { id });
  }

  /** How often the machine has read from a disk so far: `disk1` is the second of its record. */
  async readsOf(disk: string): Promise<number> {
    const answer = (await this.control('query-blockstats')) as readonly BlockStatistics[];
    const found = answer.find(({ device }) => device === disk);
    if (found === undefined) throw this.#failure(`has no ${disk}`);
    return found.stats.rd_operations;
  }

  /**
   * Stops the machine where it stands and keeps its memory and devices in a file. Its disks do not change any more, and
   * have to be copied by whoever wants to go on from here.
   */
  async freeze(path: string): Promise<void> {
    await this.control('stop');
    await this.control('migrate', { uri: `exec:cat >'${path}'` });
    await this.#becomes('query-migrate', 'completed');
  }

  /** Waits for what QEMU says of itself. */
  async #becomes(query: string, awaited: string): Promise<void> {
    const deadline = Date.now() + 120_000;
    for (;;) {
      // The control socket of a machine that was just switched on is not there yet.
      const answer = await this.control(query).catch(() => undefined);
      const status = (answer as { readonly status?: string } | undefined)?.status;
      if (status === awaited) return;
      if (this.#hasEnded || status === 'failed' || Date.now() > deadline)
        throw this.#failure(`has not become ${awaited} (${query}: ${status})`);
      await sleep(100);
    }
  }

  /** Gives a command to QEMU's own control socket (QMP), and returns its answer. */
  async control(execute: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const socket = connect(join(this.#folder, 'qmp'));
    try {
      const lines = linesOf(socket);
      await lines.next();
      let answer: { readonly error?: unknown; readonly return?: unknown } = {};
      for (const request of [{ execute: 'qmp_capabilities' }, { execute, arguments: parameters }]) {
        socket.write(`${JSON.stringify(request)}\n`);
        do {
          answer = JSON.parse((await lines.next()).value ?? '{"error":"the machine is gone"}');
          if (answer.error) throw new Error(`${execute}: ${JSON.stringify(answer.error)}`);
        } while (!('return' in answer));
      }
      return answer.return;
    } finally {
      socket.destroy();
    }
  }

  #failure(what: string): Error {
    const last = this.console.slice(-3000);
    return new Error(`The machine ${what}. ${this.#errors.slice(-1000)}\nThe end of its console:\n${last}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) this.#process.kill('SIGKILL');
    await this.#ended.catch(() => undefined);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string, undefined> {
  let rest = '';
  for await (const bytes of stream) {
    const lines = `${rest}${bytes}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  return undefined;
}
