import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Machine } from '../support/machine.ts';
import { withFolderAsync } from '../support/tools.ts';
import { patienceMs } from './job.ts';
import { askShell } from './keyboard.ts';
import { Stick } from './stick.ts';

test('under Secure Boot the kernel is locked down, and a French keyboard can be had', async () => {
  await withFolderAsync(async (folder) => {
    await using machine = await Machine.start({
      model: 'q35',
      firmware: 'secure-boot',
      memoryMebibytes: 1024,
      hasScreen: true,
      disks: [{ path: new Stick(folder).path, bus: 'usb' }],
    });
    await machine.waitFor(/Press Enter to use it here/, patienceMs);
    await machine.press('alt', 'f2');
    await sleep(2000);
    const state = 'mount -t securityfs none /sys/kernel/security; cat /sys/kernel/security/lockdown';
    expect(await askShell(machine, state)).toMatch(/\[integrity\]|\[confidentiality\]/);
    const said = askShell(machine, 'loadkeys -q /usr/share/keymaps/fr.kmap; read x </dev/tty2; echo got $x');
    await sleep(25_000);
    await machine.press('q');
    await machine.press('ret');
    expect(await said).toContain('got a');
  });
});
