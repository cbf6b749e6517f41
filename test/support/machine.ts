import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A disk of the machine. Writes go to the file, unless it is a snapshot, whose writes are forgotten at power-off. */
export interface Disk {
  readonly path: string;
  readonly bus: 'usb' | 'sata' | 'virtio' | 'sd';
  readonly isSnapshot?: boolean;
  /** The lock switch of a card. */
  readonly isReadOnly?: boolean;
}

/** One machine in a record; `kernel` is for boards whose boot ROM QEMU does not have. */
export interface MachineRecord {
  readonly model: 'q35' | 'pc' | 'virt' | 'raspi3b';
  readonly firmware: 'bios' | 'uefi' | 'secure-boot' | 'none';
  readonly memoryMebibytes: number;
  readonly hasScreen: boolean;
  /** The first one is booted from. */
  readonly disks: readonly Disk[];
  readonly kernel?: {
    readonly image: string;
    readonly initramfs: string;
    readonly deviceTree: string;
    readonly commandLine: string;
  };
}

/** What no console of a healthy machine ever says. */
const disaster =
  /Kernel panic|Oops[: ]|BUG: |Call Trace|Sparekey cannot start|Unable to mount root|Out of memory|soft lockup/;
/** Colours and cursor movements, which would stand between the words that a test waits for. */
const escapes = /\x1b(\[[0-?=]*[ -/]*[@-~]|[()][A-Z0-9]|%G|[=>78])/g;

/** A running virtual machine: its serial console is read and typed into, its screen can be photographed. */
export class Machine implements AsyncDisposable {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #folder: string;
  readonly #ended: Promise<number | undefined>;
  #raw = '';
  #errors = '';
  #read = 0;
  #hasEnded = false;

  private constructor(process: ChildProcessWithoutNullStreams, folder: string) {
    this.#process = process;
    this.#folder = folder;
    process.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#raw += text;
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
    const program = record.model === 'q35' || record.model === 'pc' ? 'qemu-system-x86_64' : 'qemu-system-aarch64';
    const args = [...(await boardOf(record, folder)), ...disksOf(record), ...common(folder)];
    return new Machine(spawn(program, args), folder);
  }

  /** Everything that the serial console said so far. */
  get console(): string {
    return this.#raw.replace(escapes, '');
  }

  /** Waits until the console says something new that matches. Fails on a panic, an early end, and silence. */
  async waitFor(pattern: RegExp, timeoutMs: number): Promise<string> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const fresh = this.console.slice(this.#read);
      const match = pattern.exec(fresh);
      if (match) {
        this.#read += match.index + match[0].length;
        return match[0];
      }
      const broken = disaster.exec(this.console)?.[0];
      if (broken) throw this.#failure(`said "${broken}"`);
      if (this.#hasEnded) throw this.#failure('ended');
      if (Date.now() > deadline) throw this.#failure(`was silent for ${timeoutMs / 1000} s`);
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

  /** Gives a command to QEMU's own control socket (QMP). */
  async control(execute: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const socket = connect(join(this.#folder, 'qmp'));
    try {
      const lines = linesOf(socket);
      await lines.next();
      for (const request of [{ execute: 'qmp_capabilities' }, { execute, arguments: parameters }]) {
        socket.write(`${JSON.stringify(request)}\n`);
        for (;;) {
          const answer = JSON.parse((await lines.next()).value ?? '{"error":"the machine is gone"}');
          if (answer.error) throw new Error(`${execute}: ${JSON.stringify(answer.error)}`);
          if ('return' in answer) break;
        }
      }
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

/** One processor and plain emulation: QEMU 7.2 panics guests with two, and build machines rarely lend out their KVM. */
function common(folder: string): readonly string[] {
  const control = ['-qmp', `unix:${join(folder, 'qmp')},server=on,wait=off`, '-monitor', 'none'];
  return ['-nodefaults', '-accel', 'tcg', '-display', 'none', '-nic', 'none', '-no-reboot', ...control];
}

async function boardOf(record: MachineRecord, folder: string): Promise<readonly string[]> {
  const memory = ['-m', `${record.memoryMebibytes}`];
  switch (record.model) {
    case 'raspi3b': {
      const { image = '', initramfs = '', deviceTree = '', commandLine = '' } = record.kernel ?? {};
      const boot = ['-kernel', image, '-initrd', initramfs, '-dtb', deviceTree, '-append', commandLine];
      // The board's first serial port belongs to Bluetooth; the console is the second.
      return ['-M', 'raspi3b', ...boot, '-serial', 'null', '-serial', 'stdio'];
    }
    case 'virt': {
      const firmware = await flash(folder, '/usr/share/AAVMF/AAVMF_CODE', '/usr/share/AAVMF/AAVMF_VARS', record);
      const screen = record.hasScreen ? ['-device', 'virtio-gpu-pci', '-device', 'usb-kbd,bus=usb.0'] : [];
      return ['-M', 'virt', '-cpu', 'cortex-a57', ...memory, ...firmware, ...usb, ...screen, '-serial', 'stdio'];
    }
    default: {
      const isGuarded = record.firmware === 'secure-boot';
      const machine = isGuarded ? `${record.model},smm=on` : record.model;
      const guard = isGuarded ? ['-global', 'driver=cfi.pflash01,property=secure,value=on'] : [];
      const uefi = await flash(folder, '/usr/share/OVMF/OVMF_CODE_4M', '/usr/share/OVMF/OVMF_VARS_4M', record);
      const screen = record.hasScreen ? ['-device', 'VGA'] : [];
      return ['-M', machine, '-cpu', 'max', ...memory, ...guard, ...uefi, ...usb, ...screen, '-serial', 'stdio'];
    }
  }
}

const usb = ['-device', 'qemu-xhci,id=usb'];

/** UEFI in two flash chips: its code, and a copy of its variables, which with Secure Boot hold Microsoft's keys. */
async function flash(
  folder: string,
  code: string,
  variables: string,
  { firmware }: MachineRecord,
): Promise<readonly string[]> {
  if (firmware === 'bios' || firmware === 'none') return [];
  const ending = firmware === 'secure-boot' ? '.ms.fd' : '.fd';
  const own = join(folder, 'variables.fd');
  await copyFile(`${variables}${ending}`, own);
  const chip = 'if=pflash,format=raw';
  return ['-drive', `${chip},unit=0,readonly=on,file=${code}${ending}`, '-drive', `${chip},unit=1,file=${own}`];
}

function disksOf({ disks, model }: MachineRecord): readonly string[] {
  return disks.flatMap(({ path, bus, isSnapshot, isReadOnly }, index) => {
    const drive = `format=raw,file=${path},snapshot=${isSnapshot ? 'on' : 'off'},readonly=${isReadOnly ? 'on' : 'off'}`;
    if (bus === 'sd') return ['-drive', `if=sd,${drive}`];
    const name = `disk${index}`;
    const order = model === 'raspi3b' ? '' : `,bootindex=${index}`;
    const device = {
      usb: `usb-storage,drive=${name},removable=on${model === 'raspi3b' ? '' : ',bus=usb.0'}`,
      sata: `ide-hd,drive=${name}${model === 'q35' ? `,bus=ide.${index}` : ''}`,
      virtio: `virtio-blk-pci,drive=${name}`,
    }[bus];
    return ['-drive', `if=none,id=${name},${drive}`, '-device', `${device},id=device-${name}${order}`];
  });
}
