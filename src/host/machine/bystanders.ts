import { readFileSync } from 'node:fs';
import type { Bystanders } from '../../model/job-medium.ts';
import { run } from '../process/commands.ts';
import { createSignals } from '../process/signals.ts';
import { type Consoles, openConsoles } from './consoles.ts';

/** The end of the kernel's log matters most, and the report's room is small. */
const bootLogBytes = 100 * 1024;

/** Lamps, speaker and consoles of the machine that runs from our stick. */
export const createBystanders = async (consoleNames: readonly string[]): Promise<Bystanders & Disposable> => {
  const consoles: Consoles = openConsoles(consoleNames);
  const signals = await createSignals();
  return {
    signals,
    say: consoles.say,
    sayOver: consoles.sayOver,
    keyPressed: consoles.keyPressed,
    uptimeMs: () => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000,
    bootLog: async () => {
      try {
        return (await run('dmesg', [])).stdout.slice(-bootLogBytes);
      } catch {
        return undefined;
      }
    },
    [Symbol.dispose]: () => {
      signals[Symbol.dispose]();
      consoles[Symbol.dispose]();
    },
  };
};
