import { createInterface } from 'node:readline/promises';
import { Machine } from '../../test/support/machine.ts';
import { createScene } from './machines.ts';
import { bold, explain, step } from './story.ts';

/** The demo in which the person at the keyboard does the rescue. */

/** What a machine leaves behind whose plug is pulled while a full screen is shown: colours, a second buffer, no cursor, leftovers. */
const tidyUp = '\x1b[0m\x1b[?1049l\x1b[?2004l\x1b[?25h\x1b[2J\x1b[H';
const howToLeave = `To pull the plug at any time: ${bold('Ctrl-A, then X')}.`;

/** @returns false when the person would rather leave (Ctrl-C, Ctrl-D) */
const isAgreed = async (question: string): Promise<boolean> => {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const left = new Promise<undefined>((resolve) => {
    terminal.once('SIGINT', () => resolve(undefined)).once('close', () => resolve(undefined));
  });
  const answer = await Promise.race([terminal.question(`\n   ${question} `), left]);
  terminal.close();
  return answer !== undefined;
};

export const playByHand = async (): Promise<void> => {
  step('A machine with two disks; nobody knows the passwords any more');
  const scene = createScene();
  explain(
    'It is started from the rescue stick, on this terminal, and you do the rescue. Sparekey is there after half a',
  );
  explain('minute; arrows, Enter and Escape are all it takes.');
  console.log();
  explain(`${bold('Debian')} is on vda1: give alice a new password, one that you remember.`);
  explain(`${bold('Home Assistant')} is on the partition hassos-data: alice and Bob wait there.`);
  explain(`When both are done, choose ${bold('Power off')}.`);
  console.log();
  explain(howToLeave);
  if (!(await isAgreed('Enter switches the machine on, Ctrl-C leaves.'))) return;
  await Machine.runByHand(scene.rescue);
  process.stdout.write(tidyUp);

  step('The stick is pulled, and Debian starts from its own disk');
  explain('Log in as alice, with your new password.');
  explain(howToLeave);
  if (!(await isAgreed('Enter switches the machine on, Ctrl-C leaves.'))) return;
  await Machine.runByHand(scene.own);
  process.stdout.write(tidyUp);
  console.log(`${bold('That is all of it.')} make demo AUTO=1 plays the same by itself.`);
};
