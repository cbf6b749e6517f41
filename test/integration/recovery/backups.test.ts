import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createExtImage, sha256 } from '../../support/disk-image.ts';
import { writeDataTree } from '../../support/haos-disk.ts';
import { sparekey } from '../../support/recovery.ts';
import { run } from '../../support/tools.ts';

const key = 'ABCD-1234-EF56-7890-WXYZ-4321-GH65';
let folder = '';
let image = '';
/** SHA-256 of the archive inside each backup before it was encrypted. */
const plain = new Map<number, string>();

const document = (...args: readonly string[]) => {
  const { status, stdout, stderr } = sparekey(['backups', ...args, '--disk', image, '--json']);
  return { ...JSON.parse(stdout.toString()), status, stderr: stderr.toString() };
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-backups-'));
  image = createExtImage(join(folder, 'data.img'), {
    sizeMebibytes: 128,
    label: 'hassos-data',
    populate: (root) => {
      writeDataTree(root, [{ username: 'alice', displayName: 'Alice', password: 'x', isOwner: true }]);
      const config = { create_backup: { password: key } };
      const store = { version: 1, minor_version: 5, key: 'backup', data: { backups: [], config } };
      writeFileSync(join(root, 'supervisor/homeassistant/.storage/backup'), JSON.stringify(store));
      for (const version of [0, 1, 2, 3]) {
        const path = join(root, `supervisor/backup/abcd000${version}.tar`);
        const digest = run('python3', ['test/support/home-assistant-backup.py', String(version), key, path]);
        plain.set(version, digest.trim());
      }
      const whole = readFileSync(join(root, 'supervisor/backup/abcd0003.tar'));
      writeFileSync(join(root, 'supervisor/backup/short.tar'), whole.subarray(0, 2_500_000));
      run('python3', [
        'test/support/home-assistant-backup.py',
        '3',
        'an older key',
        join(root, 'supervisor/backup/older.tar'),
      ]);
      run('python3', [
        'test/support/home-assistant-backup.py',
        '2',
        'an older key',
        join(root, 'supervisor/backup/older2.tar'),
      ]);
      writeFileSync(join(root, 'supervisor/backup/noise.tar'), 'no tar at all');
    },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('they are listed with what they say of themselves, and the key that is on the disk', () => {
  const before = sha256(image);
  const { keys, backups } = document();
  expect(keys).toEqual([{ system: 'haos@data.img', key }]);
  expect(backups).toHaveLength(8);
  expect(backups[1]).toMatchObject({
    file: 'abcd0001.tar',
    facts: { slug: 'abcd0001', name: 'Backup 1', date: '2026-10-01T02:03:04+00:00', type: 'full', isProtected: true },
  });
  expect(backups[0].facts.isProtected).toBe(false);
  expect(backups.find(({ file }: { file: string }) => file === 'noise.tar').reason).toBe('cut short');
  expect(sha256(image)).toBe(before);
});

test.each([1, 2, 3])('version %i, encrypted by foreign code, becomes a plain tar that tar opens', (version) => {
  const to = join(folder, `decrypted-${version}`);
  expect(document('decrypt', `abcd000${version}`, '--to', to)).toMatchObject({ status: 0 });
  const tar = join(to, `abcd000${version}.decrypted.tar`);
  mkdirSync(join(to, 'x'));
  run('tar', ['-xf', tar, '-C', join(to, 'x')]);
  expect(sha256(join(to, 'x/homeassistant.tar.gz'))).toBe(plain.get(version));
  expect(JSON.parse(readFileSync(join(to, 'x/backup.json'), 'utf8')).protected).toBe(false);
  expect(run('tar', ['-xzOf', join(to, 'x/homeassistant.tar.gz'), 'data/configuration.yaml'])).toBe(
    'default_config:\n',
  );
});

test('export writes them as they are, and never over another file', () => {
  const to = join(folder, 'exported');
  expect(document('export', 'abcd0000', 'abcd0003', '--to', to).status).toBe(0);
  expect(run('tar', ['-tf', join(to, 'abcd0003.tar')])).toContain('homeassistant.tar.gz');
  expect(document('export', 'abcd0000', '--to', to)).toMatchObject({ status: 3, error: { code: 'target-exists' } });
});

test.each([
  ['older', 'wrong-backup-key', 3],
  ['older2', 'wrong-backup-key', 3],
  ['short', 'archive-damaged', 1],
])('%s is reported as %s, and leaves nothing behind', (name, code, status) => {
  const to = join(folder, `refused-${name}`);
  expect(document('decrypt', name, '--to', to)).toMatchObject({ status, error: { code } });
  expect(existsSync(to)).toBe(false);
});

test('a key from a file opens what the disk’s own key does not', () => {
  writeFileSync(join(folder, 'kit'), 'an older key\r\n');
  expect(document('decrypt', 'older', '--to', join(folder, 'kit-3'), '--key-file', join(folder, 'kit')).status).toBe(0);
});
