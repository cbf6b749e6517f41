import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBootableDebian } from '../support/bootable-debian.ts';
import { type DebianDisk, forgotten } from '../support/debian-disk.ts';
import { createHaosDisk, opensHaosUser } from '../support/haos-disk.ts';
import { Machine } from '../support/machine.ts';
import { withFolderAsync } from '../support/tools.ts';
import { logIn, startAlone } from './login.ts';
import { powerOff, reachFirstScreen, resetPassword } from './rescue.ts';
import { Stick } from './stick.ts';

/** Typed at a prompt that shows nothing, and searched for in everything that the machines said. */
const canary = 'Kanarienvogel im Schacht 7';

describe('the machine itself lets them in again', () => {
  test('alice of Debian logs in with the password that was set by hand beside a Home Assistant disk', async () => {
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      const haos = createHaosDisk(join(folder, 'haos.img'));
      const debian = createBootableDebian(join(folder, 'debian.img'));
      {
        await using rescue = await Machine.start({
          model: 'q35',
          firmware: 'bios',
          memoryMebibytes: 1024,
          hasScreen: false,
          disks: [
            { path: stick.path, bus: 'usb' },
            { path: haos.path, bus: 'sata' },
            { path: debian.path, bus: 'virtio' },
          ],
        });
        await reachFirstScreen(rescue, false);
        await resetPassword(rescue, { system: /Debian GNU/, user: 'alice', password: canary });
        await powerOff(rescue);
        expect(await rescue.end(120_000)).toBe(0);
        expect(rescue.console).not.toContain(canary);
      }
      await expectLogins(debian);
      expect(opensHaosUser(haos, 'alice', 'forgotten-by-alice')).toBe(true);
    });
  });
});

/** Debian's own word for it, from its own disk: only the new password, only for her, and nobody became anybody else. */
async function expectLogins(debian: DebianDisk): Promise<void> {
  await using machine = await startAlone(debian);
  expect(await logIn(machine, 'alice', 'invented')).toBeUndefined();
  expect(await logIn(machine, 'alice', forgotten.alice)).toBeUndefined();
  expect(await logIn(machine, 'root', canary)).toBeUndefined();
  expect(await logIn(machine, 'alice', canary)).toMatch(/^uid=1000\(alice\) gid=1000\(alice\)/);
  expect(machine.console).not.toContain(canary);
}
