import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createUdev } from '../../../src/host/disks/udev.ts';
import { withFolderAsync } from '../../support/tools.ts';

const createDatabase = (folder: string): ((device: string) => void) => {
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'control'), '');
  return (device) => writeFileSync(join(folder, 'data', `b${device}`), 'E:ID_SERIAL=one\n');
};

describe('udev', () => {
  test('a machine without it waits for nothing', async () => {
    await withFolderAsync(async (folder) => {
      expect(await createUdev(folder).settle(['8:0'])).toBe(false);
    });
  });

  test('what it knows is not waited for, and what it does not know yet is', async () => {
    await withFolderAsync(async (folder) => {
      const enter = createDatabase(folder);
      enter('8:0');
      const udev = createUdev(folder);
      expect(await udev.settle(['8:0'])).toBe(false);
      let isSettled = false;
      const settling = udev.settle(['8:0', '8:16']).finally(() => {
        isSettled = true;
      });
      await sleep(300);
      expect(isSettled).toBe(false);
      enter('8:16');
      expect(await settling).toBe(true);
      expect(await udev.settle(['8:16'])).toBe(false);
    });
  });

  test('what it never deals with is waited for once', async () => {
    await withFolderAsync(async (folder) => {
      createDatabase(folder);
      const udev = createUdev(folder, 200);
      expect(await udev.settle(['8:32'])).toBe(true);
      expect(await udev.settle(['8:32'])).toBe(false);
    });
  });
});
