import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loopsOver } from '../../support/disk-image.ts';
import { createLinuxDisk } from '../../support/linux-disk.ts';
import { Pty } from '../../support/pty.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-hanging-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hanging = (): string => execFileSync('sh', ['-c', "pgrep -f '^sleep 7777' || true"]).toString();

const start = (): { readonly pty: Pty; readonly healthy: string; readonly dying: string } => {
  const healthy = createLinuxDisk(join(folder, 'healthy.img'));
  const dying = createLinuxDisk(join(folder, 'dying.img'));
  const program = 'test/support/hanging-mount.ts';
  return { pty: new Pty({ program, args: ['dying.img', '--disk', healthy, '--disk', dying] }), healthy, dying };
};

describe('a disk that never answers', () => {
  test('is given up by Escape, what the others hold is shown, and it is left at once', async () => {
    const { pty, healthy, dying } = start();
    using _ = pty;
    await pty.shows('Looking at dying.img');
    // The other one is looked at meanwhile, and let go of at the end of that.
    let isOpened = false;
    await pty.until(() => {
      const isOpen = loopsOver(healthy) !== '';
      isOpened ||= isOpen;
      return isOpened && !isOpen;
    }, 'the healthy disk opened and closed');
    pty.press('Escape');
    await pty.shows('The look was ended early');
    await pty.shows(/healthy\.img .*Debian GNU\/Linux 12\.7, system/);
    await pty.shows(/dying\.img .*not looked at/);
    pty.press('Escape');
    await pty.shows('Leave?');
    pty.press('Down', 'Enter');
    expect(await pty.ends()).toBe(0);
    expect(pty.isRestored()).toBe(true);
    expect(hanging()).toBe('');
    expect(loopsOver(dying)).toBe('');
  });

  test('does not keep Sparekey from ending by Ctrl-C in the middle of the look', async () => {
    const { pty, dying } = start();
    using _ = pty;
    await pty.shows('Looking at dying.img');
    pty.press('C-c', 'C-c');
    expect(await pty.ends()).toBe(130);
    expect(pty.isRestored()).toBe(true);
    expect(hanging()).toBe('');
    expect(loopsOver(dying)).toBe('');
  });
});
