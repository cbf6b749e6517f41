import { readFile } from 'node:fs/promises';
import { run } from './commands.ts';

/** The limits of this process (proc_pid_limits(5)); the line's first number is the one that counts. */
const coreLimit = /^Max core file size\s+(\S+)/m;

/**
 * Keeps what this process knows, passwords included, to itself: no core dump is written when it crashes, and SIGUSR1
 * does not open Node's debugger, which listens for every user of the machine.
 */
export const keepToOurselves = async (): Promise<void> => {
  process.on('SIGUSR1', () => {});
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  if (coreLimit.exec(limits)?.[1] === '0') return;
  // Node knows no setrlimit(2). Without prlimit(1) everything else is as good as ever.
  await run('prlimit', ['--core=0:0', '--pid', String(process.pid)]).catch(() => {});
};
