import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createExtImage } from '../test/support/disk-image.ts';
import { createHaosDisk } from '../test/support/haos-disk.ts';
import { Pty } from '../test/support/pty.ts';
import { rescuerAt } from '../test/support/rescuer.ts';
import { drawScreen } from './screenshots/svg.ts';

/**
 * node scripts/screenshots.ts: plays a reset and a recovery on a disk with the layout of Home Assistant OS, in a real
 * terminal, and keeps its screens as pictures for the README. Takes root.
 */

const folder = 'src/tui/screenshots';
const size = { columns: 80, rows: 24 };

const work = mkdtempSync(join(tmpdir(), 'sparekey-screenshots-'));

type Keep = (name: string, title: string, awaited: string) => Promise<void>;

const play = async (disks: readonly string[], go: (pty: Pty, keep: Keep) => Promise<void>): Promise<void> => {
  using pty = new Pty({ args: disks.flatMap((disk) => ['--disk', disk]), ...size });
  await go(pty, async (name, title, awaited) => {
    await pty.shows(awaited);
    // Where the picture was taken is nobody's business.
    const screen = pty.styledScreen().replaceAll(`${work}/`, '');
    writeFileSync(join(folder, `${name}.svg`), drawScreen(screen, size.columns, size.rows, title));
    console.log(join(folder, `${name}.svg`));
  });
  pty.press('C-c');
  await pty.ends();
};

/** A question takes Enter only when it was there for a moment. */
const moment = () => new Promise((resolve) => setTimeout(resolve, 1000));

const reset = async (pty: Pty, keep: Keep): Promise<void> => {
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
  await moment();
  pty.press('Enter');
  await keep('result', 'What was done, and what to do next', 'log in as Bob, spelled like this');
};

const recover = async (pty: Pty, keep: Keep): Promise<void> => {
  await pty.shows('> card.img:8');
  pty.press('Enter');
  await pty.shows('Recover files');
  await rescuerAt(pty).choose(/^Recover files/);
  pty.press('Enter');
  await keep('landmarks', 'The places that people want back', 'Look through all folders');
  pty.press('Enter');
  await pty.shows('secrets.yaml');
  pty.press('Space', 'Down', 'Down', 'Down', 'Enter');
  await pty.shows(/2 marked: .* in 5 files (?!.*counting)/);
  await keep('files', 'Marking what is to be copied', '> [x]');
  pty.press('F5');
  await pty.shows('> stick.img');
  pty.press('Enter');
  await keep('copy', 'What is copied, and where to', '> Copy <');
  await moment();
  pty.press('Enter');
  await keep('copied', 'What was copied, and how to check it', 'Everything that was asked for is copied');
};

mkdirSync(folder, { recursive: true });
try {
  const { path } = createHaosDisk(join(work, 'card.img'));
  const stick = createExtImage(join(work, 'stick.img'), { sizeMebibytes: 512, label: 'HOLIDAY' });
  await play([path], reset);
  await play([path, stick], recover);
} finally {
  rmSync(work, { recursive: true, force: true });
}
