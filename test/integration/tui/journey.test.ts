import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { complaintsOf, createExtImage, loopsOver, readWithDebugfs, sha256 } from '../../support/disk-image.ts';
import { createHaosDisk, opensHaosUser } from '../../support/haos-disk.ts';
import { opensHash } from '../../support/libcrypt.ts';
import { createLinuxDisk } from '../../support/linux-disk.ts';
import { Pty } from '../../support/pty.ts';
import { rescuerAt } from '../../support/rescuer.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-journey-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Searched for in everything that is left behind. */
const canary = 'Kanarienvogel7';

const hashOf = (image: string, user: string): string =>
  readWithDebugfs(image, '/etc/shadow').match(new RegExp(`^${user}:([^:]*):`, 'm'))?.[1] ?? '';

const mountsOf = (image: string): string =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(image))
    .join('\n');

const expectNothingLeft = (image: string): void => {
  expect(loopsOver(image)).toBe('');
  expect(mountsOf(image)).toBe('');
};

describe('from "I am locked out" to "you are back in"', () => {
  test('Home Assistant: the password is set, proven by libcrypt, taken back, and brought back', async () => {
    const disk = createHaosDisk(join(folder, 'card.img'));
    using pty = new Pty({ args: ['--disk', disk.path] });
    const rescuer = rescuerAt(pty);
    const volume = rescuer.volume(/^card\.img:8 /);
    const before = sha256(disk.path);
    await volume.planReset('Bob', canary);
    expect(sha256(disk.path)).toBe(before);
    await rescuer.pressed('Enter', /log in as Bob, spelled like this/);
    expect(opensHaosUser(disk, 'Bob', canary)).toBe(true);
    expect(pty.everything()).not.toContain(canary);

    await rescuer.toFirstScreen();
    await volume.planUndo(/New password for “Bob”/);
    await rescuer.pressed('Enter', /the files are as they were/);
    expect(opensHaosUser(disk, 'Bob', 'forgotten-by-bob')).toBe(true);

    await rescuer.toFirstScreen();
    await volume.planUndo(/Bring back what was undone: New password for “Bob”/);
    await rescuer.pressed('Enter', /the files are as they were/);
    expect(opensHaosUser(disk, 'Bob', canary)).toBe(true);

    pty.press('Right', 'Enter');
    expect(await pty.ends()).toBe(0);
    expect(pty.isRestored()).toBe(true);
    expectNothingLeft(disk.path);
  });

  test('Linux: a made-up password, in French', async () => {
    const image = createLinuxDisk(join(folder, 'card.img'));
    using pty = new Pty({ args: ['--disk', image], environment: { LANG: 'fr_FR.UTF-8' } });
    await pty.shows('Debian GNU/Linux 12.7, système');
    pty.press('Enter');
    await pty.shows('> Changer un mot de passe');
    pty.press('Enter');
    await pty.shows('> root');
    pty.press('Down', 'Enter');
    await pty.shows('Un nouveau mot de passe pour « bob »');
    pty.press('End', 'Up', 'Enter');
    await pty.shows('Notez ce mot de passe maintenant');
    const password = /Nouveau mot de passe +\[([a-z]{16})/.exec(pty.screen())?.[1] ?? '';
    pty.press('Enter');
    await pty.shows('> Donner le nouveau mot de passe <');
    pty.press('Enter');
    await pty.shows(`Nouveau mot de passe : ${password}`);
    expect(opensHash(password, hashOf(image, 'bob'))).toBe(true);
    pty.press('Right', 'Enter');
    expect(await pty.ends()).toBe(0);
    expect(pty.everything()).not.toContain(password);
    expectNothingLeft(image);
    expect(complaintsOf(image)).toBe('');
  });

  test('a locked account is unlocked only after the question', async () => {
    const image = createLinuxDisk(join(folder, 'card.img'));
    using pty = new Pty({ args: ['--disk', image] });
    const rescuer = rescuerAt(pty);
    await rescuer.volume(/^card\.img /).planReset('carol', canary);
    await pty.shows('This account is locked');
    expect(hashOf(image, 'carol')).toMatch(/^!/);
    pty.press('Right', 'Enter');
    await pty.shows('the lock on “carol” is lifted');
    await pty.shows('> Set the new password <');
    await rescuer.pressed('Enter', /the new password is accepted/);
    expect(opensHash(canary, hashOf(image, 'carol'))).toBe(true);
  });
});

describe('asked to stop in the middle of a write', () => {
  test.each(['C-c', 'TERM', 'HUP'] as const)(
    'by %s, it finishes, gives the terminal back and leaves nothing',
    async (how) => {
      const disk = createHaosDisk(join(folder, 'card.img'));
      using pty = new Pty({ args: ['--disk', disk.path] });
      await rescuerAt(pty)
        .volume(/^card\.img:8 /)
        .planReset('Bob', canary);
      pty.press('Enter');
      // Before that a signal still ends it at once, with nothing written.
      await pty.shows('The old state is kept for undo');
      if (how === 'C-c') pty.press('C-c');
      else pty.signal(how);
      expect(await pty.ends()).toBe(130);
      expect(pty.screen()).toContain('the new password is accepted');
      expect(opensHaosUser(disk, 'Bob', canary)).toBe(true);
      expect(pty.isRestored()).toBe(true);
      expectNothingLeft(disk.path);
      expect(pty.everything()).not.toContain(canary);
    },
  );

  test('before the plan was agreed to, a signal ends it at once and the disk is as it was', async () => {
    const image = createLinuxDisk(join(folder, 'card.img'));
    const before = sha256(image);
    using pty = new Pty({ args: ['--disk', image] });
    await rescuerAt(pty)
      .volume(/^card\.img /)
      .planReset('bob', canary);
    pty.signal('TERM');
    expect(await pty.ends()).toBe(143);
    expect(pty.isRestored()).toBe(true);
    expect(sha256(image)).toBe(before);
    expectNothingLeft(image);
  });
});

describe('disks', () => {
  test('that are pulled vanish by themselves, and those that are plugged in appear', async () => {
    const [here, elsewhere] = [join(folder, 'second.img'), join(folder, 'in-a-drawer')];
    const first = createLinuxDisk(join(folder, 'first.img'));
    createLinuxDisk(here, { label: 'holiday' });
    using pty = new Pty({ args: ['--disk', first, '--disk', here] });
    await pty.shows('holiday');
    renameSync(here, elsewhere);
    await pty.forgets('holiday');
    renameSync(elsewhere, here);
    await pty.shows(/second\.img.*holiday.*Debian GNU\/Linux 12\.7, system/);
  });

  test('with markup, escape sequences and line breaks in their names are shown as text', async () => {
    const hostile = '{red-fg}\u001b[2Jx';
    const passwd = `root:x:0:0:root:/root:/bin/bash\nbob:x:1000:1000:{bold}\u001b[31mBob:/home/bob:/bin/bash\n`;
    const image = createExtImage(join(folder, 'card.img'), {
      label: hostile,
      files: {
        'etc/os-release': 'NAME="{blue-bg}Evil\u001b]0;title\u0007"\nID=debian\n',
        'etc/passwd': passwd,
        'etc/shadow': 'root:*:19000:0:99999:7:::\nbob:*:19000:0:99999:7:::\n',
        '{green-fg}\u001b[5mfile': '',
      },
    });
    using pty = new Pty({ args: ['--disk', image], columns: 132 });
    await pty.shows('> card.img');
    expect(pty.screen()).toContain('{red-fg}\\x1b[2Jx');
    pty.press('Enter');
    await pty.shows('{blue-bg}Evil');
    pty.press('Enter');
    await pty.shows('{bold}\\x1b[31mBob');
    pty.press('Escape');
    await pty.shows('> Reset a password');
    pty.press('End', 'Enter');
    await pty.shows('What do you want back from {blue-bg}Evil');
    await pty.shows('Look through all folders');
    pty.press('End', 'Up', 'Enter');
    await pty.shows('{green-fg}\\x1b[5mfile');
  });
});
