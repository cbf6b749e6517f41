import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createDebianDisk, type DebianDisk, forgotten, opensDebianUser } from '../support/debian-disk.ts';
import { createHaosDisk, type HaosDisk, opensHaosUser } from '../support/haos-disk.ts';
import type { Disk } from '../support/machine.ts';
import { seededRandom } from '../support/random.ts';
import { withFolderAsync } from '../support/tools.ts';
import { canary, finish, jobOf, patienceMs, start, step } from './job.ts';
import { Stick } from './stick.ts';

describe('power cut', () => {
  const cuts = 10;

  /** The old password or the new one, and never neither. */
  const opensEither = (haos: HaosDisk, debian: DebianDisk): boolean =>
    (opensHaosUser(haos, 'Bob', canary) || opensHaosUser(haos, 'Bob', 'forgotten-by-bob')) &&
    (opensDebianUser(debian, 'alice', canary) || opensDebianUser(debian, 'alice', forgotten.alice));

  test(
    `at ${cuts} random moments: the job is whole or done, every file old or new, and the next start ends it`,
    async () => {
      await withFolderAsync(async (folder) => {
        const random = seededRandom(7);
        const job = jobOf(`${step('LABEL=hassos-data', 'bob')}${step('LABEL=debian-root', 'alice')}`);
        const moments: string[] = [];
        for (let cut = 0; cut < cuts; cut++) {
          const stick = new Stick(folder);
          stick.write('sparekey.yaml', job);
          const haos = createHaosDisk(join(folder, 'haos.img'));
          const debian = createDebianDisk(join(folder, 'debian.img'));
          const patients: readonly Disk[] = [
            { path: haos.path, bus: 'sata' },
            { path: debian.path, bus: 'virtio' },
          ];
          {
            await using machine = await start(stick, patients);
            await machine.waitFor(/Running/, patienceMs);
            const delayMs = random.below(14_000);
            await sleep(delayMs);
            moments.push(`${delayMs} ms: ${machine.console.trim().split('\n').at(-1)}`);
          }
          const left = stick.read('sparekey.yaml')?.toString();
          expect(left === undefined || left === job || left.startsWith('version: 0'), moments.join('\n')).toBe(true);
          expect(opensEither(haos, debian)).toBe(true);
          if (left !== undefined) {
            await using machine = await start(stick, patients);
            if (left === job) await finish(machine);
            else await machine.waitFor(/Choose what you want to get into/, patienceMs);
            expect(stick.read('sparekey.yaml')).toBeUndefined();
          }
          expect(stick.read('sparekey.done.yaml')?.toString()).not.toContain(canary);
          expect(opensHaosUser(haos, 'Bob', canary)).toBe(true);
          expect(opensDebianUser(debian, 'alice', canary)).toBe(true);
        }
        console.log(moments.join('\n'));
      });
    },
    60 * 60_000,
  );
});
