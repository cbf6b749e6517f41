import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSparse, loopsOver, sha256, writeFiles } from '../../support/disk-image.ts';
import { opensHash } from '../../support/libcrypt.ts';
import { linuxFiles, shadowBefore, shadowLabel } from '../../support/linux-disk.ts';
import { insideImage } from '../../support/loop-tree.ts';
import { resetArgs, sparekey, sparekeyJson } from '../../support/sparekey.ts';
import { run, withFolder } from '../../support/tools.ts';

const password = 'Kanarienvogel im Schacht 7';

/** mkfs, and the file system's own program for finding fault with it. */
const kinds = [
  ['xfs', ['mkfs.xfs', '-q'], ['xfs_repair', '-n', '-f']],
  ['btrfs', ['mkfs.btrfs', '-q'], ['btrfs', 'check', '--readonly']],
] as const;

describe.each(kinds)('on %s', (type, [mkfs, ...options], [check, ...checkOptions]) => {
  test('a look changes nothing; a reset keeps rights and labels, is proved, and is undone', () =>
    withFolder((folder) => {
      const image = join(folder, 'card.img');
      const tree = join(folder, 'tree');
      createSparse(image, 320);
      run(mkfs, [...options, image]);
      writeFiles(tree, linuxFiles.files ?? {});
      linuxFiles.populate?.(tree);
      insideImage(image, `cp -a ${tree}/. .`);

      const untouched = sha256(image);
      const { document: found } = sparekeyJson(['scan', '--disk', image]);
      expect(found.systems).toMatchObject([{ profile: 'debian', version: '12.7' }]);
      expect(found.volumes).toMatchObject([{ filesystem: type }]);
      expect(sha256(image)).toBe(untouched);

      expect(sparekey(resetArgs(image, 'bob'), password).exitCode).toBe(0);
      const copy = join(folder, 'shadow');
      const rights = insideImage(
        image,
        `cp etc/shadow ${copy}; stat -c '%a %u:%g' etc/shadow; getfattr -n security.selinux etc/shadow; getfacl --numeric etc/shadow`,
      );
      expect(opensHash(password, readFileSync(copy, 'latin1').match(/^bob:([^:]*)/m)?.[1] ?? '')).toBe(true);
      expect(rights).toMatch(/^640 0:42$/m);
      expect(rights).toContain(shadowLabel);
      expect(rights).toContain('user:1000:r--');

      expect(sparekey(['undo', '--disk', image, '--yes']).exitCode).toBe(0);
      insideImage(image, `cp etc/shadow ${copy}`);
      expect(readFileSync(copy).equals(shadowBefore)).toBe(true);
      run(check, [...checkOptions, image]);
      expect(loopsOver(image)).toBe('');
    }));
});
