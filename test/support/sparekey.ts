import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** As on a rescue system: hardly any environment, and English. */
const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C' };

/** How a run ended. */
export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Sparekey from its sources, without a terminal. */
export const sparekey = (args: readonly string[], input: string | Uint8Array = ''): Outcome => {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [main, ...args], {
    input,
    env: environment,
    maxBuffer: 1 << 26,
  });
  if (error) throw error;
  return { exitCode: status, stdout: stdout.toString(), stderr: stderr.toString() };
};

/** Runs it with --json and reads the document. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks into documents of many shapes
export const sparekeyJson = (args: readonly string[], input?: string): { outcome: Outcome; document: any } => {
  const outcome = sparekey([...args, '--json'], input);
  return { outcome, document: JSON.parse(outcome.stdout) };
};

/** The arguments of a reset without questions, its password from standard input. */
export const resetArgs = (disk: string, user: string): readonly string[] => [
  'reset-password',
  '--disk',
  disk,
  '--user',
  user,
  '--password-file',
  '-',
  '--yes',
];

/**
 * Runs Sparekey on a terminal of its own (util-linux's script(1)) and plays a conversation: each time the awaited
 * words appear, the answer is typed. Resolves to everything that was on the screen.
 */
export const sparekeyOnTerminal = async (
  args: readonly string[],
  conversation: readonly (readonly [awaited: string, typed: string])[],
): Promise<{ readonly exitCode: number | null; readonly screen: string }> => {
  const command = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: { ...environment, TERM: 'xterm-256color' },
  });
  const steps = [...conversation];
  let screen = '';
  let seen = 0;
  child.stdout.on('data', (chunk) => {
    screen += chunk;
    const [awaited, typed] = steps[0] ?? [];
    const at = awaited === undefined ? -1 : screen.indexOf(awaited, seen);
    if (awaited === undefined || typed === undefined || at < 0) return;
    seen = at + awaited.length;
    steps.shift();
    child.stdin.write(typed);
  });
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (steps.length > 0) throw new Error(`never asked for: ${steps[0]?.[0]}\n${screen}`);
  return { exitCode, screen };
};

/** What a document of scan says a system is put together from: where each piece is seen, and its folders. */
export interface FoundSystem {
  readonly id: string;
  readonly tree: readonly {
    readonly at: string;
    readonly layers: readonly { readonly volume: string; readonly folder: string }[];
  }[];
}
