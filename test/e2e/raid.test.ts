import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { writeFiles } from '../support/disk-image.ts';
import { ext4 } from '../support/gpt-disk.ts';
import { linuxFiles } from '../support/linux-disk.ts';
import { Machine } from '../support/machine.ts';
import { createPartitioned } from '../support/scratch.ts';
import { run, withFolderAsync } from '../support/tools.ts';
import { patienceMs } from './job.ts';
import { askShell } from './keyboard.ts';
import { Stick } from './stick.ts';

/**
 * Two disks are made a mirror as whole disks, with the metadata at their end and the table at the start, as Intel's
 * firmware and old installers do it: assembled it is one volume; alone, each disk looks like an ordinary one. Sparekey joins
 * them by itself, and gives them back as they were; a partition of one of them, asked for by name, is never written.
 */
const script = `
exec </dev/null
echo secret >/tmp/secret
reset() { sparekey reset-password --user bob --password-file /tmp/secret --yes "$@" >/tmp/log 2>&1; echo "$name: exit $?"; cat /tmp/log; }
modprobe raid1
mdadm --create /dev/md0 --run --assume-clean --level=1 --raid-devices=2 --metadata=1.0 /dev/vda /dev/vdb
blockdev --rereadpt /dev/md0; udevadm settle; lsblk
sparekey scan --json >/tmp/scan
echo "assembled: $(grep -o 'debian@[^"]*' /tmp/scan | sort | uniq -c | tr -s ' ')"
name=mirror reset
mdadm --stop /dev/md0
blockdev --rereadpt /dev/vda; blockdev --rereadpt /dev/vdb; udevadm settle; lsblk
name=alone reset
cat /proc/mdstat; [ ! -e /sys/block/md0 ] && echo "array: as found"
for disk in vda vdb; do head -c 34603008 /dev/$disk | sha256sum; done | uniq | wc -l | sed 's/^ */copies: /'
sha256sum /dev/vda /dev/vdb >/tmp/before
name=named reset --disk /dev/vda1
sha256sum -c -s /tmp/before && echo "disks: untouched"
`;

test('a mirror of whole disks is one volume whoever assembles it, and its disks alone are never written', async () => {
  await withFolderAsync(async (folder) => {
    const disks = ['one.img', 'two.img'].map((name) => {
      const path = createPartitioned(join(folder, name), 64, 'label: dos\nstart=2048, size=32MiB, type=83\n');
      const fill = ext4('root', (root) => writeFiles(root, linuxFiles.files ?? {}));
      if (name === 'one.img') fill(path, { number: 1, name: 'root', offsetBytes: 1 << 20, sizeBytes: 32 << 20 });
      else run('cp', [join(folder, 'one.img'), path]);
      return { path, bus: 'virtio' } as const;
    });
    const stick = new Stick(folder);
    stick.write('try.sh', script);
    await using machine = await Machine.start({
      model: 'q35',
      firmware: 'bios',
      memoryMebibytes: 1024,
      hasScreen: true,
      disks: [{ path: stick.path, bus: 'usb' }, ...disks],
    });
    await machine.waitFor(/Press Enter to use it here/, patienceMs);
    await machine.press('alt', 'f2');
    await sleep(2000);
    const command = 'mkdir -p /m; until mount -o ro /dev/sda1 /m; do sleep 1; done; udevadm settle; sh /m/try.sh';
    const said = await askShell(machine, command, 400_000);
    expect(said).toMatch(/assembled: +1 debian@md0p1\n/);
    expect(said).toContain('mirror: exit 0');
    expect(said).toContain('alone: exit 0');
    expect(said).toContain('array: as found');
    expect(said).toContain('copies: 1\n');
    expect(said).toContain('named: exit 3');
    expect(said.match(/belongs to a RAID \(linux_raid_member\)/g)).toHaveLength(1);
    expect(said).toContain('disks: untouched');
  });
});
