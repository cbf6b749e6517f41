import { expect, test } from 'vitest';
import { exportBackups } from '../../../../src/engine/recovery/backup-export.ts';
import type { Backup } from '../../../../src/engine/recovery/backups.ts';
import type { Recovery, SourceView } from '../../../../src/model/recovery.ts';
import { volumeOf } from '../../../support/volume.ts';

const chunks = [1, 2, 3, 4].map((value) => new Uint8Array(1000).fill(value));

const backup: Backup = {
  volume: volumeOf(),
  path: '/supervisor/backup/a.tar',
  file: 'a.tar',
  sizeBytes: 4000,
  facts: { slug: 'a', name: 'a', date: undefined, type: 'full', isProtected: false },
};

/** A disk with one backup on it, and a folder that keeps what is whole. */
const createFake = () => {
  const written = new Map<string, number>();
  const recovery = {
    open: async () =>
      ({
        async *stream() {
          yield* chunks;
        },
        [Symbol.asyncDispose]: async () => {},
      }) as Partial<SourceView> as SourceView,
    writeFile: async (folder, name, content) => {
      let bytes = 0;
      for await (const chunk of content) bytes += chunk.length;
      written.set(`${folder}/${name}`, bytes);
    },
  } as Partial<Recovery> as Recovery;
  return { recovery, written };
};

test('it is told how far it is', async () => {
  const { recovery, written } = createFake();
  const told: number[] = [];
  const onBytes = (bytes: number) => void told.push(bytes);
  expect(await exportBackups(recovery, [backup], '/out', [], { onBytes })).toEqual(['/out/a.tar']);
  expect(told).toEqual([1000, 2000, 3000, 4000]);
  expect([...written]).toEqual([['/out/a.tar', 4000]]);
});

test('stopped in the middle of a backup, that one is left out', async () => {
  const { recovery, written } = createFake();
  const controller = new AbortController();
  const onBytes = (bytes: number) => {
    if (bytes >= 2000) controller.abort();
  };
  const exporting = exportBackups(recovery, [backup], '/out', [], { onBytes, signal: controller.signal });
  await expect(exporting).rejects.toMatchObject({ code: 'stopped', details: { path: '/out' } });
  expect(written.size).toBe(0);
});
