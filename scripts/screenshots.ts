import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHaosDisk } from '../test/support/haos-disk.ts';
import { Pty } from '../test/support/pty.ts';
import { drawScreen } from './screenshots/svg.ts';

/**
 * node scripts/screenshots.ts: plays a reset on a disk with the layout of Home Assistant OS, in a real terminal, and
 * keeps its screens as pictures for the README. Takes root.
 */

const folder = 'src/tui/screenshots';
const size = { columns: 80, rows: 24 };

const work = mkdtempSync(join(tmpdir(), 'sparekey-screenshots-'));
mkdirSync(folder, { recursive: true });
try {
  const disk = createHaosDisk(join(work, 'card.img'));
  using pty = new Pty({ args: ['--disk', disk.path], ...size });
  const keep = async (name: string, title: string, awaited: string): Promise<void> => {
    await pty.shows(awaited);
    // Where the picture was taken is nobody's business.
    const screen = pty.styledScreen().replaceAll(`${work}/`, '');
    writeFileSync(join(folder, `${name}.svg`), drawScreen(screen, size.columns, size.rows, title));
    console.log(join(folder, `${name}.svg`));
  };

  await keep('disks', 'The disks, and what is on them', '> card.img:8');
  pty.press('Enter');
  await keep('volume', 'What can be done', '> Reset a password');
  pty.press('Enter');
  await keep('accounts', 'Who is locked out', '> alice');
  pty.press('Down', 'Enter');
  await pty.shows('A new password for “Bob”');
  await pty.type('open sesame for Bob');
  pty.press('Enter');
  await pty.type('open sesame for Bob');
  pty.press('Down', 'Down', 'Enter');
  await keep('password', 'A new password', 'open sesame for Bob');
  pty.press('Up', 'Enter');
  await keep('plan', 'What will be written', '> Set the new password <');
  // The plan takes Enter only when it was there for a moment.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  pty.press('Enter');
  await keep('result', 'What was done, and what to do next', 'log in as Bob, spelled like this');
  pty.press('C-c');
  await pty.ends();
} finally {
  rmSync(work, { recursive: true, force: true });
}
