import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createExtImage, loopsOver, sha256 } from '../../support/disk-image.ts';
import { createHaosDisk, writeDataTree } from '../../support/haos-disk.ts';
import { createLinuxDisk } from '../../support/linux-disk.ts';
import { Pty } from '../../support/pty.ts';
import { differences, withMounted } from '../../support/recovery.ts';
import { rescuerAt } from '../../support/rescuer.ts';
import { run } from '../../support/tools.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const openRecovery = async (pty: Pty, volume: string): Promise<void> => {
  await pty.shows(`> ${volume}`);
  pty.press('Enter');
  await pty.shows('Recover files');
  await rescuerAt(pty).enter(/^Recover files/, /Look through all folders/);
};

/** From the choice to the end of the question, where to and whether. */
const copyTo = async (pty: Pty, path: string): Promise<void> => {
  pty.press('F5');
  await pty.shows('A folder of this computer');
  pty.press('End', 'Enter');
  await pty.shows('> Folder');
  await pty.type(path);
  await pty.shows('free');
  pty.press('Enter');
  await pty.shows('> Copy <');
};

const expectNothingLeft = (pty: Pty, ...images: readonly string[]): void => {
  expect(pty.isRestored()).toBe(true);
  for (const image of images) {
    expect(loopsOver(image)).toBe('');
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(image);
  }
};

const checkManifest = (to: string): string =>
  run('sh', ['-c', 'cd "$1" && sha256sum --check --quiet sparekey-manifest.sha256', 'sh', to]);

describe('files are got out of a disk that is never written to', () => {
  test('Home Assistant: a place is marked, another one looked into, and both copied to a typed folder', async () => {
    const { path, data } = createHaosDisk(join(folder, 'card.img'));
    const before = sha256(path);
    const to = join(folder, 'copy');
    using pty = new Pty({ args: ['--disk', path] });
    await openRecovery(pty, 'card.img:8');
    pty.press('Space');
    await pty.shows(/1 marked: .* in 8 files (?!.*counting)/);
    pty.press('End', 'Up', 'Enter');
    await pty.shows(/\[-] .* supervisor\/ .* swapfile/);
    pty.press('End');
    await pty.shows(/> \[ \] +67 MB .* swapfile/);
    pty.press('Enter');
    await pty.shows(/2 marked: .* in 9 files (?!.*counting)/);
    await copyTo(pty, to);
    expect(pty.screen()).toMatch(/What +\/supervisor\/homeassistant\/\s+\/swapfile/);
    pty.press('Enter');
    await pty.shows('Everything that was asked for is copied');
    pty.press('C-c');
    expect(await pty.ends()).toBe(130);

    const options = `ro,noload,offset=${data.offsetBytes},sizelimit=${data.sizeBytes}`;
    expect(differences(path, options, '/supervisor/homeassistant', to)).toBe('');
    expect(readFileSync(join(to, 'swapfile')).length).toBe(64 << 20);
    expect(readdirSync(to).filter((name) => !name.includes('sparekey'))).toEqual(['supervisor', 'swapfile']);
    expect(checkManifest(to)).toBe('');
    expect(JSON.parse(readFileSync(join(to, 'sparekey-receipt.json'), 'utf8'))).toMatchObject({ status: 'done', to });
    expect(readFileSync(join(to, 'sparekey-receipt.txt'), 'utf8')).toContain('card.img:8: /supervisor/homeassistant');
    expect(sha256(path)).toBe(before);
    expectNothingLeft(pty, path);
  });

  test('Linux, in French, by arrows and Enter alone, onto another disk that is plugged in while it is asked', async () => {
    const image = createLinuxDisk(join(folder, 'laptop.img'), {
      files: { 'home/bob/thèse.txt': 'deux mots', '\u001b[31mrouge': 'x' },
    });
    const stick = join(folder, 'stick.img');
    const args = ['--disk', image, '--disk', stick];
    using pty = new Pty({ args, environment: { LANG: 'fr_FR.UTF-8' } });
    await pty.shows('> laptop.img');
    pty.press('Enter');
    await pty.shows('Récupérer des fichiers');
    await rescuerAt(pty).enter(/^Récupérer des fichiers/, /> \[ \] Les dossiers personnels \/home/);
    pty.press('Enter');
    await pty.shows('> [ ]');
    await pty.shows('bob/');
    pty.press('Up', 'Enter');
    await pty.shows('1 marqué : 9 B en 1 fichier');
    pty.press('Up', 'Up', 'Enter');
    await pty.shows('Un dossier de cet ordinateur');
    createExtImage(stick, { sizeMebibytes: 64, label: 'VALISE' });
    await pty.shows(/> stick\.img VALISE \d+ MB libres/);
    pty.press('Enter');
    await pty.shows('> Copier <');
    pty.press('Enter');
    await pty.shows('Tout ce qui était demandé est copié');
    expect(pty.screen()).toContain('stick.img (VALISE): recovered-root');
    // Looked at anew meanwhile, the volume that is open here is what it was.
    pty.press('Right', 'Enter');
    await pty.shows('Choisissez où vous voulez entrer');
    await pty.shows(/laptop\.img .*Debian GNU\/Linux 12\.7, système/);
    pty.press('C-c');
    expect(await pty.ends()).toBe(130);
    const found = withMounted(stick, 'ro,noload', 'cd "$1/recovered-root" && cat home/bob/* sparekey-receipt.txt');
    expect(found).toContain('deux mots');
    expect(found).toContain('laptop.img: /home');
    expectNothingLeft(pty, image, stick);
  });
});

/** Of createCrowdedDisk. */
const crowd = 20_000;

/** Enough small files that a copy can be caught in the middle. */
const createCrowdedDisk = (path: string): string =>
  createLinuxDisk(path, {
    sizeMebibytes: 160,
    options: ['-N', '24000'],
    populate: (root) => {
      const script =
        'cd "$1/home/bob" && for d in $(seq 400); do mkdir $d; (cd $d && for f in $(seq 50); do echo $d/$f >$f; done); done';
      run('sh', ['-ec', script, 'sh', root]);
    },
  });

const copied = (to: string): number =>
  Number(run('sh', ['-c', 'find "$1/home" -type f | wc -l', 'sh', to], undefined).trim());

describe('a copy that is stopped', () => {
  test('by Escape is whole as far as it is, and the same choice goes on', async () => {
    const image = createCrowdedDisk(join(folder, 'crowd.img'));
    const to = join(folder, 'copy');
    using pty = new Pty({ args: ['--disk', image] });
    await openRecovery(pty, 'crowd.img');
    pty.press('Space');
    await copyTo(pty, to);
    pty.press('Enter');
    await pty.shows('Copying');
    pty.press('Escape');
    await pty.shows('> Go on copying <');
    pty.press('Right', 'Enter');
    await pty.shows('Stopped, as you asked');
    const sofar = copied(to);
    expect(sofar).toBeLessThan(crowd);
    if (readFileSync(join(to, 'sparekey-manifest.sha256')).length > 0) expect(checkManifest(to)).toBe('');
    await pty.shows('> Go on with the same <');
    pty.press('Enter');
    await pty.shows('> Copy <');
    pty.press('Enter');
    await pty.shows('Everything that was asked for is copied');
    expect(copied(to)).toBe(crowd);
    expect(differences(image, 'ro,noload', '/home', to)).toBe('');
    expect(checkManifest(to)).toBe('');
    pty.press('C-c');
    expect(await pty.ends()).toBe(130);
    expectNothingLeft(pty, image);
  });

  test.each(['C-c', 'TERM'] as const)('by %s ends in good order, and leaves nothing mounted', async (how) => {
    const image = createCrowdedDisk(join(folder, 'crowd.img'));
    const stick = createExtImage(join(folder, 'stick.img'), { sizeMebibytes: 160, options: ['-N', '24000'] });
    using pty = new Pty({ args: ['--disk', image, '--disk', stick] });
    await openRecovery(pty, 'crowd.img');
    pty.press('Space', 'F5');
    await pty.shows('> stick.img');
    pty.press('Enter');
    await pty.shows('> Copy <');
    pty.press('Enter');
    await pty.shows('Copying');
    if (how === 'C-c') pty.press('C-c');
    else pty.signal('TERM');
    expect(await pty.ends()).toBe(130);
    expectNothingLeft(pty, image, stick);
    run('e2fsck', ['-fn', stick]);
    // Stopped before the first file was vouched for, the manifest is empty.
    const manifest = 'sparekey-manifest.sha256';
    const check = `cd "$1/recovered-root" && { ! test -s ${manifest} || sha256sum --check --quiet ${manifest}; }`;
    expect(withMounted(stick, 'ro,noload', check)).toBe('');
  });
});

describe('backups of Home Assistant', () => {
  const key = 'ABCD-1234-EF56-7890-WXYZ-4321-GH65';
  const createBackups = (keys: { readonly stored?: string; readonly used: string }): string =>
    createExtImage(join(folder, 'data.img'), {
      sizeMebibytes: 64,
      label: 'hassos-data',
      populate: (root) => {
        writeDataTree(root, [{ username: 'alice', displayName: 'Alice', password: 'x', isOwner: true }]);
        const config = { create_backup: { password: keys.stored } };
        const store = { version: 1, minor_version: 5, key: 'backup', data: { backups: [], config } };
        writeFileSync(join(root, 'supervisor/homeassistant/.storage/backup'), JSON.stringify(store));
        const path = join(root, 'supervisor/backup/abcd0003.tar');
        run('python3', ['test/support/home-assistant-backup.py', '3', keys.used, path]);
      },
    });

  const openBackups = async (pty: Pty): Promise<void> => {
    await pty.shows('> data.img');
    pty.press('Enter');
    await pty.shows('Backups and their key');
    await rescuerAt(pty).choose(/^Backups and their key/);
    pty.press('Enter');
    await pty.shows(/> \[x\] 2026-10-01 02:03 .*Backup 3 .*full .* encrypted/);
  };

  const chooseFolder = async (pty: Pty, to: string): Promise<void> => {
    await pty.shows('A folder of this computer');
    pty.press('End', 'Enter');
    await pty.shows('> Folder');
    await pty.type(to);
    await pty.shows('free');
    pty.press('Enter');
    await pty.shows('anybody who has the copy can read it');
    await pty.shows('> Copy <');
    pty.press('Enter');
  };

  const expectPlain = (to: string): void => {
    mkdirSync(join(to, 'x'));
    run('tar', ['-xf', join(to, 'abcd0003.decrypted.tar'), '-C', join(to, 'x')]);
    expect(JSON.parse(readFileSync(join(to, 'x/backup.json'), 'utf8'))).toMatchObject({ protected: false });
    run('sh', ['-c', 'for each in "$1"/x/*.tar.gz; do tar -tzf "$each"; done', 'sh', to]);
  };

  test('are decrypted with the key that is on the disk, which is shown on request', async () => {
    const image = createBackups({ stored: key, used: key });
    const before = sha256(image);
    const to = join(folder, 'out');
    using pty = new Pty({ args: ['--disk', image] });
    await openBackups(pty);
    expect(pty.screen()).not.toContain(key);
    pty.press('End', 'Enter');
    await pty.shows(key);
    pty.press('Enter', 'Up', 'Up', 'Enter');
    await chooseFolder(pty, to);
    await pty.shows('Written and checked');
    expectPlain(to);
    expect(sha256(image)).toBe(before);
    pty.press('C-c');
    expect(await pty.ends()).toBe(130);
    expectNothingLeft(pty, image);
  });

  test('with another key are refused in words, and opened with the one that is typed then', async () => {
    const image = createBackups({ stored: 'some-other-key', used: key });
    const to = join(folder, 'out');
    using pty = new Pty({ args: ['--disk', image] });
    await openBackups(pty);
    pty.press('End', 'Up', 'Up', 'Enter');
    await chooseFolder(pty, to);
    await pty.shows('The key does not open abcd0003.tar');
    expect(existsSync(join(to, 'abcd0003.decrypted.tar'))).toBe(false);
    pty.press('Enter');
    await pty.shows('The key of the backups');
    await pty.type(key);
    pty.press('Enter');
    await pty.shows('A folder of this computer');
    pty.press('End', 'Enter');
    // What was typed before is still there.
    await pty.shows(`[${to}_`);
    await pty.shows('free');
    pty.press('Enter');
    await pty.shows('> Copy <');
    pty.press('Enter');
    await pty.shows('Written and checked');
    expectPlain(to);
    pty.press('C-c');
    expect(await pty.ends()).toBe(130);
  });
});
