import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rootInode } from '../../../src/ext/inode.ts';
import { openExtReader } from '../../../src/host/recovery/ext/reader.ts';
import type { FoundEntry } from '../../../src/host/recovery/ext/reader-messages.ts';
import { createExtImage } from '../../support/disk-image.ts';
import { withFolderAsync } from '../../support/tools.ts';
import { volumeOf } from '../../support/volume.ts';

test('a disk that dies in the middle of a file keeps nobody else waiting', () =>
  withFolderAsync(async (folder) => {
    const image = createExtImage(join(folder, 'image'), { files: { photo: 'x'.repeat(3_000_000) } });
    const [share, hangs] = [join(folder, 'share'), join(folder, 'hangs')];
    mkdirSync(share);
    const server = spawn('python3', ['test/support/silent-disk.py', share, image, hangs], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(server.stdout, 'data');
      const volume = volumeOf({ path: join(share, 'disk'), offsetBytes: 0, sizeBytes: 1 << 24 });
      const reader = await openExtReader(volume);
      expect(reader).toBeDefined();
      if (!reader) return;
      const names: FoundEntry[] = [];
      await reader.list(rootInode, (entries) => void names.push(...entries));
      const photo = await reader.describe(names.find(({ name }) => name === 'photo')?.inode ?? 0);
      if (!photo) throw new Error('no photo');
      const pieces = reader.pieces(photo);
      expect((await pieces.next()).value?.bad).toEqual([]);

      writeFileSync(hangs, '');
      let isAnswered = false;
      const next = pieces.next().finally(() => {
        isAnswered = true;
      });
      // The thread waits for the disk, in the kernel; this one does what it has to do.
      const turns = 50;
      let turned = 0;
      for (; turned < turns; turned += 1) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(turned).toBe(turns);
      expect(isAnswered).toBe(false);

      // The disk is gone: what it did not give is said.
      server.kill('SIGKILL');
      expect((await next).value?.bad).not.toEqual([]);
      await reader[Symbol.asyncDispose]();
    } finally {
      server.kill('SIGKILL');
      spawnSync('umount', ['--lazy', share]);
    }
  }));
