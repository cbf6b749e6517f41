import { spawnSync } from 'node:child_process';

/** How a demo tells what it does: numbered steps, sentences, claims, and what a screen shows. */

export const bold = (text: string): string => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[0m` : text);

let steps = 0;
export const step = (title: string): void => console.log(`\n${bold(`${++steps}. ${title}`)}\n`);
export const explain = (text: string): void => console.log(`   ${text}`);

/** A claim, and whether a program that is not ours agrees. @throws Error when it does not */
export const check = (claim: string, isTrue: boolean): void => {
  console.log(`   ${isTrue ? 'yes' : 'NO '}  ${claim}`);
  if (!isTrue) throw new Error(`not so: ${claim}`);
};

/** A screen of 80 columns; of several blank lines on end one is shown. */
export const showScreen = (caption: string, lines: readonly string[]): void => {
  const edge = '─'.repeat(80);
  const rows = lines.filter((line, index) => line !== '' || (lines[index + 1] ?? '') !== '');
  const framed = rows.map((line) => `   │${line.padEnd(80)}│`);
  console.log([`   ${caption}:`, `   ┌${edge}┐`, ...framed, `   └${edge}┘`, ''].join('\n'));
};

/** Runs a demo as root, asking sudo for it, and says how it ended in case it did not end well. */
export const asRoot = async (reason: string, demonstrate: () => Promise<void>): Promise<void> => {
  if (process.getuid?.() !== 0) {
    console.log(`==> ${reason}, which takes root: asking sudo.`);
    process.exitCode =
      spawnSync('sudo', [process.execPath, ...process.argv.slice(1)], { stdio: 'inherit' }).status ?? 1;
    return;
  }
  await demonstrate().catch((error: Error) => {
    console.error(`\nThe demo ends here, and it did not work: ${error.message}`);
    process.exitCode = 1;
  });
};
