import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { Machine } from '../support/machine.ts';
import type { Disk } from '../support/machine-record.ts';
import { withFolderAsync } from '../support/tools.ts';
import { Stick } from './stick.ts';
import { type Trial, tryRescue } from './trial.ts';

/** What `make test` runs too, on an image for PCs alone: the least memory, the oldest firmware and the strictest. */
const trials: readonly Trial[] = [
  {
    name: 'pc-256M',
    model: 'pc',
    firmware: 'bios',
    memoryMebibytes: 256,
    hasScreen: false,
    stick: 'usb',
    patient: 'sata',
    isBesideHostile: true,
  },
  {
    name: 'q35-uefi-secureboot-usb',
    model: 'q35',
    firmware: 'secure-boot',
    memoryMebibytes: 1024,
    hasScreen: false,
    stick: 'usb',
    patient: 'sata',
    isBesideForged: true,
  },
];

describe('the image boots, and gets a person back in', () => {
  test.each(trials)('$name', tryRescue);
});

describe('Secure Boot', () => {
  test('refuses a kernel of which one bit was changed', async () => {
    await withFolderAsync(async (folder) => {
      const { path: stick } = new Stick(folder);
      const kernel = join(folder, 'vmlinuz');
      execFileSync('mcopy', ['-n', '-i', `${stick}@@1M`, '::/boot/amd64/vmlinuz', kernel]);
      const bytes = readFileSync(kernel);
      const middle = bytes.length >> 1;
      bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
      writeFileSync(kernel, bytes);
      execFileSync('mcopy', ['-o', '-i', `${stick}@@1M`, kernel, '::/boot/amd64/vmlinuz']);
      const disks: readonly Disk[] = [{ path: stick, bus: 'usb' }];
      await using machine = await Machine.start({
        model: 'q35',
        firmware: 'secure-boot',
        memoryMebibytes: 1024,
        hasScreen: false,
        disks,
      });
      await machine.waitFor(/bad shim signature/, 600_000);
    });
  });
});
