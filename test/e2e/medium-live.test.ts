import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../support/disk-image.ts';
import { createHaosDisk, opensHaosUser } from '../support/haos-disk.ts';
import { Machine } from '../support/machine.ts';
import { withFolderAsync } from '../support/tools.ts';
import { askShell, typeLine } from './keyboard.ts';
import { powerOff, reachFirstScreen, resetPassword } from './rescue.ts';
import { Stick } from './stick.ts';

/** How the system on the stick lives on a machine, beside resetting passwords. */
const patienceMs = 600_000;
const pictures = resolve('.cache/e2e');

const photograph = async (machine: Machine, name: string) => {
  mkdirSync(pictures, { recursive: true });
  const path = join(pictures, `${name}.png`);
  await machine.photograph(path);
  expect(statSync(path).size).toBeGreaterThan(1000);
};

const pc = { model: 'q35', firmware: 'bios', memoryMebibytes: 1024, hasScreen: true } as const;

describe('a machine that was started from the stick', () => {
  test('has a shell, a quiet network, disks that come later, a UI that comes back, and Ctrl-Alt-Del', async () => {
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      const haos = createHaosDisk(join(folder, 'haos.img'));
      await using machine = await Machine.start({ ...pc, disks: [{ path: stick.path, bus: 'usb' }], hasNetwork: true });
      await reachFirstScreen(machine, true);

      await machine.press('alt', 'f2');
      await sleep(2000);
      await photograph(machine, 'shell');
      expect(await askShell(machine, 'id -u; tty </dev/tty2')).toMatch(/^0\n\/dev\/tty2$/m);

      // The card is there, and nobody has switched it on.
      expect(await askShell(machine, 'ls -1 /sys/class/net')).toMatch(/^e\w+\nlo$/);
      expect(await askShell(machine, 'cat /sys/class/net/*/operstate')).toBe('down\ndown');
      expect(await askShell(machine, 'ip -o addr; ip route')).toBe('');
      const sockets = await askShell(
        machine,
        'cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 /proc/net/raw',
      );
      expect(sockets.split('\n').filter((line) => !/local_address/.test(line))).toEqual([]);
      // It would work: a person can bring it up by hand.
      const card = '$(ls /sys/class/net | grep -v lo)';
      expect(await askShell(machine, `ip link set ${card} up; sleep 3; cat /sys/class/net/${card}/operstate`)).toBe(
        'up',
      );

      // What Sparekey mounts elsewhere, to look at disks, must not keep the stick in use that was mounted meanwhile.
      const held = 'mkdir /m; mount -o ro /dev/sda1 /m; unshare -m --propagation slave sleep 99 & sleep 3; umount /m';
      expect(await askShell(machine, `${held}; mount -o rw /dev/sda1 /m; umount /m; echo $?`)).toBe('0');

      await machine.press('alt', 'f1');
      const pluggedIn = Date.now();
      await machine.plug('patient', haos.path);
      await machine.shows(/hassos-data/, patienceMs);
      console.info(`A disk that was plugged in stood on the screen after ${(Date.now() - pluggedIn) / 1000} s.`);
      await machine.shows(/hassos-data .*Home Assistant OS/, patienceMs);

      await machine.press('alt', 'f2');
      await sleep(1000);
      await typeLine(machine, 'kill -KILL $(cat /run/sparekey/running)');
      await machine.waitFor(/Sparekey ended \(code 137\) and starts again/, patienceMs);
      await machine.shows(/Choose what you want to get into/, patienceMs);
      await machine.press('alt', 'f1');
      await sleep(2000);
      await photograph(machine, 'screen-of-the-other-console');

      await machine.press('ctrl', 'alt', 'delete');
      await machine.waitFor(/Sparekey: done\. Everything is written and unmounted/, patienceMs);
      // A restart ends QEMU, as it is told to be.
      expect(await machine.end(60_000)).toBe(0);
    });
  });

  test('needs the stick no more: it is pulled, a password is reset, and its second partition is sound', async () => {
    await withFolderAsync(async (folder) => {
      const stick = new Stick(folder);
      const haos = createHaosDisk(join(folder, 'haos.img'));
      const disks = [
        { path: stick.path, bus: 'usb' },
        { path: haos.path, bus: 'sata' },
      ] as const;
      await using machine = await Machine.start({ ...pc, hasScreen: false, disks });
      await reachFirstScreen(machine, false);
      await machine.shows(/SPAREKEY +this rescue stick/, patienceMs);
      await machine.pull('device-disk0');
      await resetPassword(machine, {
        system: /hassos-data .*Home Assistant OS/,
        user: 'Bob',
        password: 'Schatulle-12',
      });
      expect(machine.screen.join('\n')).not.toMatch(/this rescue stick/);
      await powerOff(machine);
      expect(await machine.end(60_000)).toBe(0);
      expect(opensHaosUser(haos, 'Bob', 'Schatulle-12')).toBe(true);

      const [, second] = stick.partitions;
      expect(second?.type).toBe('7');
      // It reaches to the end of the stick.
      expect(((second?.start ?? 0) + (second?.size ?? 0)) * 512).toBe(statSync(stick.path).size);
      expect(stick.recoveredComplaints()).toMatch(/clean/);
      expect(stick.recovered().includes(Buffer.from('SPAREKEY', 'utf16le'))).toBe(true);
      expect(stick.complaints()).not.toMatch(/Dirty bit|lost|orphan|differ/i);
    });
  });
});

test('two sticks of ours: the menu comes, neither gets a partition, and no job is run', async () => {
  await withFolderAsync(async (folder) => {
    const sticks = ['one.img', 'two.img'].map((name) => new Stick(folder, name));
    const haos = createHaosDisk(join(folder, 'haos.img'));
    const step = '  - reset-password: { on: LABEL=hassos-data, user: bob, password: "Schatulle-12" }\n';
    for (const stick of sticks) stick.write('sparekey.yaml', `version: 1\nname: try\nsteps:\n${step}`);
    const before = sticks.map(({ path }) => sha256(path));
    const disks = [
      ...sticks.map(({ path }) => ({ path, bus: 'usb' }) as const),
      { path: haos.path, bus: 'sata' } as const,
    ];
    await using machine = await Machine.start({ ...pc, hasScreen: false, disks });
    await reachFirstScreen(machine, false);
    await machine.shows(/hassos-data .*Home Assistant OS/, patienceMs);
    expect(machine.console).not.toMatch(/starts in/);
    await powerOff(machine);
    expect(await machine.end(60_000)).toBe(0);
    expect(sticks.map(({ path }) => sha256(path))).toEqual(before);
    expect(opensHaosUser(haos, 'Bob', 'forgotten-by-bob')).toBe(true);
  });
});

test('a console of a hypervisor that the command line names last: Sparekey is there, and its words are elsewhere', async () => {
  await withFolderAsync(async (folder) => {
    const stick = new Stick(folder);
    const loader = 'EFI/debian/grub.cfg';
    const settings = stick.read(loader)?.toString() ?? '';
    stick.write(loader, settings.replaceAll('console=ttyS0,115200', '$& console=hvc0'));
    const said = join(folder, 'hvc0');
    const more = [
      '-chardev',
      `file,id=hvc,path=${said}`,
      '-device',
      'virtio-serial-pci',
      '-device',
      'virtconsole,chardev=hvc',
    ];
    await using machine = await Machine.start({
      ...pc,
      hasScreen: false,
      disks: [{ path: stick.path, bus: 'usb' }],
      more,
    });
    await machine.waitFor(/Sparekey: hvc0 Which disk is locked\?\s+Press Enter to use it here/, patienceMs);
    const drawn = readFileSync(said, 'utf8');
    expect(drawn).toContain('Which disk is locked?');
    // As an xterm-256color draws: in another buffer, which vt220 and dumb terminals have not.
    expect(drawn).toContain('\x1b[?1049h');
    machine.type('\r');
    await machine.shows(/Choose what you want to get into/, patienceMs);
  });
});
