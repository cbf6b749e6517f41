import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../support/disk-image.ts';
import { createLinuxDisk } from '../../support/linux-disk.ts';
import { Pty, type PtyOptions } from '../../support/pty.ts';

let folder = '';
let image = '';
let before = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-terminals-'));
  image = createLinuxDisk(join(folder, 'card.img'));
  before = sha256(image);
});
afterAll(() => {
  expect(sha256(image)).toBe(before);
  rmSync(folder, { recursive: true, force: true });
});

const start = async (options: Omit<PtyOptions, 'args'> = {}): Promise<Pty> => {
  const pty = new Pty({ args: ['--disk', image], ...options });
  await pty.shows('> card.img');
  return pty;
};

const quit = async (pty: Pty): Promise<void> => {
  pty.press('C-c');
  expect(await pty.ends()).toBe(130);
  expect(pty.isRestored()).toBe(true);
};

const goToPassword = async (pty: Pty): Promise<void> => {
  pty.press('Enter');
  await pty.shows('> Reset a password');
  pty.press('Enter');
  await pty.shows('> root');
  pty.press('Enter');
  await pty.shows('A new password for “root”');
};

/** What F2 sends, terminal by terminal (terminfo kf2). */
const languageKeys = {
  linux: '\u001b[[B',
  'xterm-256color': '\u001bOQ',
  vt220: '\u001b[12~',
  dumb: '\u001bOQ',
  'screen-256color': '\u001bOQ',
} as const;

describe('a fault of our own', () => {
  test('shows a sentence and the way back, and leaves a report without secrets in a file', async () => {
    const canary = 'Kanarienvogel8';
    const program = fileURLToPath(new URL('../../support/crashing-ui.ts', import.meta.url));
    using pty = new Pty({ args: [canary], program, environment: { TMPDIR: folder } });
    await pty.shows('Sparekey stumbled');
    const [name = ''] = readdirSync(folder).filter((file) => file.startsWith('sparekey-report-'));
    await pty.shows(name);
    expect(pty.screen()).not.toMatch(/TypeError|\bat .*:\d+/);
    const report = readFileSync(join(folder, name), 'utf8');
    expect(report).toContain('TypeError: Unexpected token');
    expect(report).toMatch(/^ {4}at .*crashing-ui\.ts:\d+/m);
    expect(report + pty.everything()).not.toContain(canary);
    pty.press('Enter');
    await pty.shows('No disk is here yet');
    await quit(pty);
  });
});

describe('terminals', () => {
  test.each(Object.entries(languageKeys))(
    'TERM=%s without LANG: arrows, F2, accents, and all as it was',
    async (terminal, f2) => {
      using pty = await start({ terminal });
      pty.send(f2);
      await pty.shows('> English');
      pty.press('Down');
      await pty.shows('> Français');
      pty.press('Enter');
      await pty.shows('Quel disque est verrouillé ?');
      expect(pty.screen()).toContain('système');
      await quit(pty);
    },
  );

  test('a serial line that says 0×0 is taken for 80×24', async () => {
    using pty = await start({ hasSize: false });
    const screen = pty.screen().split('\n');
    expect(screen[0]).toMatch(/^ {2}Sparekey .*keyboard: your own$/);
    expect(screen[23]).toContain('Esc leave');
    await quit(pty);
  });

  test('an arrow whose sequence comes in two pieces is an arrow, and no Escape', async () => {
    using pty = await start();
    pty.send('\u001b');
    await new Promise((resolve) => setTimeout(resolve, 50));
    pty.send('[B');
    await pty.shows('> Language');
    expect(pty.screen()).not.toContain('Leave?');
    pty.send('\u001b');
    await pty.shows('Leave?');
  });

  test('a window shrunk to 20×5 and back is as it was', async () => {
    using pty = await start();
    await goToPassword(pty);
    await pty.type('half');
    await pty.shows('****_');
    const screen = pty.screen();
    pty.resize(20, 5);
    await pty.shows('too small');
    pty.resize(80, 24);
    await pty.shows('****_');
    expect(pty.screen()).toBe(screen);
    pty.resize(132, 43);
    await pty.shows('****_');
    expect(pty.screen().split('\n')).toHaveLength(43);
    await quit(pty);
  });

  test('ten kilobytes pasted press no key, and are no password', async () => {
    const text = 'y\nyes\nq'.repeat(1500);
    using pty = await start();
    pty.paste(text);
    pty.press('Up');
    await goToPassword(pty);
    pty.paste('x'.repeat(10_000));
    await pty.shows('511 bytes at most');
    pty.paste(text);
    await pty.shows('single line');
    pty.paste('open sesame\n');
    await pty.shows('***********_');
    await quit(pty);
  });

  test('the same without the marks of a terminal that knows what a paste is', async () => {
    using pty = await start();
    await goToPassword(pty);
    pty.paste('y\r\r'.repeat(3400), { isMarked: false });
    await pty.shows('> New password [_');
    await pty.shows('single line');
    // A key that arrives together with the end of such a paste is taken for a part of it: one that is seen comes after it.
    pty.press('F2');
    await pty.shows('> English');
    await quit(pty);
  });

  test('a password that was shown is neither on the screen afterwards nor above it', async () => {
    const canary = 'Kanarienvogel9';
    using pty = await start({ terminal: 'linux' });
    await goToPassword(pty);
    await pty.type(canary);
    pty.press('Down', 'Down', 'Down', 'Enter');
    await pty.shows(canary);
    pty.resize(60, 16);
    pty.resize(80, 24);
    await quit(pty);
    expect(pty.everything()).not.toContain(canary);
  });

  test('without colours everything is still told apart', async () => {
    using pty = await start({ environment: { NO_COLOR: '1' } });
    expect(pty.screen()).toContain('> card.img');
    await quit(pty);
  });
});
