import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createExtImage, createSparse } from '../../support/disk-image.ts';
import { recover } from '../../support/recovery.ts';
import { run } from '../../support/tools.ts';

/** A stick as people have them, by way of FUSE, since the kernel of a build machine may not know exFAT. */

let folder = '';
let loop = '';
const stick = () => join(folder, 'stick');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-exfat-'));
  const disk = join(folder, 'stick.img');
  createSparse(disk, 200);
  run('mkfs.exfat', [disk]);
  loop = run('losetup', ['--find', '--show', disk]).trim();
  mkdirSync(stick());
  run('mount.exfat-fuse', [loop, stick()]);
});
afterAll(() => {
  run('umount', [stick()]);
  run('losetup', ['--detach', loop]);
  rmSync(folder, { recursive: true, force: true });
});

test.skipIf(!existsSync('/dev/fuse'))(
  'names are escaped and listed, links told of, and the same command finds it all',
  () => {
    const script = `cd "$1/d" && echo 1 >'a:b' && echo 2 >README && echo 3 >readme && ln -s x link && ln README hard
    printf x >"$(printf 'caf\\351')" && touch -d '2020-01-01 00:00:01' README`;
    const populate = (root: string) => {
      mkdirSync(join(root, 'd'));
      run('sh', ['-ec', script, 'sh', root]);
    };
    const image = createExtImage(join(folder, 'source.img'), { populate });
    const to = join(stick(), 'copy');
    const { status, receipt } = recover(image, ['/d'], to);
    expect(status).toBe(0);
    const names = readdirSync(join(to, 'd'));
    expect(names).toHaveLength(5);
    expect(names).toEqual(expect.arrayContaining(['a%3Ab', 'caf%E9', 'hard']));
    expect(receipt.summary.renamed).toContainEqual({ path: '/d/a:b', to: 'd/a%3Ab' });
    expect(receipt.summary.renamed).toHaveLength(3);
    expect(receipt.summary.problems).toContainEqual({ kind: 'symlink-left-out', path: '/d/link', target: 'x' });
    expect(readFileSync(join(to, 'd/hard'), 'utf8')).toBe('2\n');
    expect(run('sh', ['-c', 'cd "$1" && sha256sum --check --strict --quiet sparekey-manifest.sha256', 'sh', to])).toBe(
      '',
    );
    expect(recover(image, ['/d'], to).receipt.summary.keptFromBefore).toBe(5);
  },
);
