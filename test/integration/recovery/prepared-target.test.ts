import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createVictim, harmlessKinds, type Planted, plant, runOn } from '../../support/prepared-folder.ts';
import { checkManifest } from '../../support/recovery.ts';
import { scratchFolder } from '../../support/scratch.ts';

/** Folders that somebody prepared, to have files of the rescuer's own machine made, replaced or appended to. */

const at = scratchFolder('prepared');
const mounted: string[] = [];
afterAll(() => {
  for (const path of mounted) execFileSync('umount', [path]);
});

const source = at('source');
mkdirSync(join(source, 'tree/$(touch pwned)'), { recursive: true });
writeFileSync(join(source, 'tree/file'), 'to be copied');
writeFileSync(join(source, 'tree/$(touch pwned)/file'), 'to be copied as well');

const recoverTo = (to: string, ...more: readonly string[]) =>
  runOn(['recover', '/tree', '--disk', source, '--to', to, ...more]);

const ownFiles = [
  'sparekey-manifest.sha256',
  'sparekey-manifest.sha256.new',
  'sparekey-receipt.txt',
  'sparekey-receipt.txt.new',
  'sparekey-receipt.json',
  'sparekey-receipt.json.new',
  '.sparekey-recovery/progress',
];

describe('recover', () => {
  test.each(harmlessKinds)('a %s under every name of our own is neither followed nor waited for', (kind) => {
    const victim = createVictim(at(`victim of recover, ${kind}`));
    const to = at(`recover, ${kind}`);
    for (const name of ownFiles) plant(kind, join(to, name), victim);
    expect(recoverTo(to).status).toBe(0);
    victim.check();
    expect(readFileSync(join(to, 'tree/file'), 'utf8')).toBe('to be copied');
    checkManifest(to);
    for (const name of ownFiles.filter((each) => !each.endsWith('.new'))) {
      const stats = lstatSync(join(to, name));
      expect([name, stats.isFile(), stats.nlink]).toEqual([name, true, 1]);
    }
  });

  test.each(ownFiles.filter((name) => !name.endsWith('.new')))(
    'a folder called %s is left alone, and named',
    (name) => {
      const to = at(`folder for ${name.replace('/', ' in ')}`);
      plant('folder', join(to, name), createVictim(at('victim of a folder')));
      const { status, code } = recoverTo(to);
      expect([status, code]).toEqual([3, 'target-not-ours']);
      expect(readFileSync(join(to, name, 'theirs'), 'utf8')).toBe('of somebody else');
    },
  );

  test.each([
    ['noise', '\x00\x01\xff{"\n[]\n'],
    ['no JSON', 'version 1\n'],
    ['JSON of another kind', '[1, 2]\nnull\n'],
    ['a record of the future', '{"version":2,"sourceId":"x"}\n'],
  ])('a record of progress that is %s is refused with a sentence', (name, content) => {
    const to = at(`record of ${name}`);
    mkdirSync(join(to, '.sparekey-recovery'), { recursive: true, mode: 0o700 });
    writeFileSync(join(to, '.sparekey-recovery/progress'), Buffer.from(content, 'latin1'));
    const { status, code } = recoverTo(to);
    expect([status, code]).toEqual([3, 'target-not-ours']);
    expect(existsSync(join(to, 'tree'))).toBe(false);
  });

  test.each(['.sparekey-recovery/progress', 'sparekey-manifest.sha256'])(
    '3 GB without a newline in %s are refused, and not read into memory',
    (name) => {
      const to = at(`vast ${name.slice(-8)}`);
      expect(recoverTo(to).status).toBe(0);
      truncateSync(join(to, name), 3_000_000_000);
      const { status, code } = recoverTo(to);
      expect([status, code]).toEqual([3, 'target-not-ours']);
    },
  );

  test('a record that another user can have written is not believed', () => {
    const to = at('of another user');
    mkdirSync(join(to, '.sparekey-recovery'), { recursive: true });
    chownSync(join(to, '.sparekey-recovery'), 12345, 12345);
    expect(recoverTo(to)).toMatchObject({ status: 3, code: 'target-not-ours' });
    chownSync(join(to, '.sparekey-recovery'), 0, 0);
    chmodSync(join(to, '.sparekey-recovery'), 0o777);
    expect(recoverTo(to)).toMatchObject({ status: 3, code: 'target-not-ours' });
  });

  test('a link in the place of our own folder is replaced by one', () => {
    const victim = createVictim(at('victim of our folder'));
    const to = at('our folder');
    mkdirSync(to);
    symlinkSync(victim.folder, join(to, '.sparekey-recovery'));
    expect(recoverTo(to).status).toBe(0);
    victim.check();
    expect(readdirSync(join(to, '.sparekey-recovery'))).toEqual(['progress']);
  });

  test('the folder itself: a link is refused and its goal named, links on the way to it are a person’s own', () => {
    const victim = createVictim(at('victim of the folder'));
    mkdirSync(at('stick'));
    symlinkSync(victim.folder, at('stick/rescued'));
    symlinkSync(at('stick'), at('way'));
    for (const to of ['stick/rescued', 'stick/rescued/', 'stick/rescued/.', 'way/rescued//']) {
      const { status, code, stdout } = recoverTo(at(to));
      expect([to, status, code]).toEqual([to, 3, 'target-is-link']);
      expect(stdout).toContain(victim.folder);
    }
    symlinkSync(at('nowhere'), at('stick/dangling'));
    expect(recoverTo(at('stick/dangling'))).toMatchObject({ status: 3, code: 'target-is-link' });
    expect(existsSync(at('nowhere'))).toBe(false);
    victim.check();
    expect(recoverTo(at('way/new')).status).toBe(0);
    expect(readFileSync(at('stick/new/tree/file'), 'utf8')).toBe('to be copied');
  });

  test('a folder inside the source is refused before it is made', () => {
    const tree = readdirSync(join(source, 'tree'));
    expect(recoverTo(join(source, 'tree/copy'))).toMatchObject({ status: 3, code: 'target-inside-source' });
    expect(recoverTo(join(source, 'tree'))).toMatchObject({ status: 3, code: 'target-inside-source' });
    expect(readdirSync(join(source, 'tree'))).toEqual(tree);
  });

  test('a folder of the source that is mounted elsewhere too is inside it', () => {
    const bind = (from: string, to: string) => {
      mkdirSync(to, { recursive: true });
      execFileSync('mount', ['--bind', from, to]);
      mounted.push(to);
    };
    const elsewhere = at('elsewhere');
    bind(join(source, 'tree'), elsewhere);
    expect(recoverTo(elsewhere)).toMatchObject({ status: 3, code: 'target-inside-source' });
    expect(recoverTo(join(elsewhere, 'copy'))).toMatchObject({ status: 3, code: 'target-inside-source' });
    expect(readdirSync(elsewhere).sort()).toEqual(['$(touch pwned)', 'file']);
    // The other way round: what is copied contains a mount of the folder that it is copied into.
    const around = at('around');
    mkdirSync(join(around, 'disk/tree/inner'), { recursive: true });
    mkdirSync(at('goal'));
    bind(at('goal'), join(around, 'disk/tree/inner'));
    const { status, code } = runOn(['recover', '/tree', '--disk', join(around, 'disk'), '--to', at('goal/copy')]);
    expect([status, code]).toEqual([3, 'target-inside-source']);
  });
});

describe('clone', () => {
  const disk = at('disk.img');
  writeFileSync(disk, Buffer.alloc(1 << 20, 'disk'));
  const mapOf = '0x00000000     ?               1\n0x00000000  0x00100000  ?\n';
  const clone = (image: string) => runOn(['clone', disk, image]);

  test.each<[Planted, number]>([
    ['link', 3],
    ['dangling link', 3],
    ['second name', 3],
    ['FIFO', 3],
    ['folder', 3],
  ])('a %s in the place of the image, with a map beside it, is refused', (kind, status) => {
    const victim = createVictim(at(`victim of clone, ${kind}`));
    const image = at(`image, ${kind}/card.img`);
    plant(kind, image, victim);
    writeFileSync(`${image}.map`, mapOf);
    expect(clone(image).status).toBe(status);
    victim.check();
    expect(readFileSync(`${image}.map`, 'utf8')).toBe(mapOf);
  });

  test.each(harmlessKinds)('a %s in the place of the map is not written to', (kind) => {
    const victim = createVictim(at(`victim of map, ${kind}`));
    const image = at(`map, ${kind}/card.img`);
    plant(kind, `${image}.map`, victim);
    expect(clone(image).status).toBe(0);
    victim.check();
    expect(readFileSync(image).equals(readFileSync(disk))).toBe(true);
    expect(lstatSync(`${image}.map`).isFile()).toBe(true);
  });

  test('a map that is none, or that has no end, is refused', () => {
    for (const [name, content] of [
      ['noise', '\x00\xff\n'],
      ['long', '0'.repeat(100_000)],
    ] as const) {
      writeFileSync(at(`${name}.img`), '');
      writeFileSync(at(`${name}.img.map`), content);
      expect(clone(at(`${name}.img`))).toMatchObject({ status: 3, code: 'target-not-ours' });
    }
  });

  test('a map whose image is gone does not vouch for the new one', () => {
    const image = at('gone.img');
    writeFileSync(`${image}.map`, '0x00000000     +               1\n0x00000000  0x00100000  +\n');
    expect(clone(image).status).toBe(0);
    expect(readFileSync(image).equals(readFileSync(disk))).toBe(true);
  });
});

describe('backups', () => {
  const home = at('home');
  mkdirSync(join(home, 'supervisor/homeassistant/.storage'), { recursive: true });
  mkdirSync(join(home, 'supervisor/backup'), { recursive: true });
  writeFileSync(
    join(home, 'supervisor/homeassistant/.storage/auth_provider.homeassistant'),
    '{"version":1,"minor_version":1,"key":"auth_provider.homeassistant","data":{"users":[]}}',
  );
  writeFileSync(
    join(home, 'supervisor/homeassistant/.storage/auth'),
    '{"version":1,"minor_version":1,"key":"auth","data":{"users":[],"groups":[],"credentials":[],"refresh_tokens":[]}}',
  );
  writeFileSync(join(home, 'supervisor/homeassistant/.HA_VERSION'), '2025.1.0');
  writeFileSync(join(home, 'supervisor/supervisor.json'), '{}');
  execFileSync('python3', [
    'test/support/home-assistant-backup.py',
    '0',
    'no key',
    join(home, 'supervisor/backup/abcd0000.tar'),
  ]);
  const exportTo = (to: string) => runOn(['backups', 'export', '--disk', home, '--to', to]);

  test.each(harmlessKinds)('a %s where the backup grows is neither followed nor waited for', (kind) => {
    const victim = createVictim(at(`victim of backups, ${kind}`));
    const to = at(`backups, ${kind}`);
    plant(kind, join(to, 'abcd0000.tar.sparekey-new'), victim);
    plant(kind, join(to, 'abcd0000.tar.new'), victim);
    expect(exportTo(to).status).toBe(0);
    victim.check();
    expect(
      readFileSync(join(to, 'abcd0000.tar')).equals(readFileSync(join(home, 'supervisor/backup/abcd0000.tar'))),
    ).toBe(true);
  });

  test('a link in the place of the backup, or of the folder, is refused', () => {
    const victim = createVictim(at('victim of export'));
    plant('dangling link', join(at('exported'), 'abcd0000.tar'), victim);
    expect(exportTo(at('exported'))).toMatchObject({ status: 3, code: 'target-exists' });
    symlinkSync(victim.folder, at('linked'));
    expect(exportTo(at('linked'))).toMatchObject({ status: 3, code: 'target-is-link' });
    victim.check();
  });
});
