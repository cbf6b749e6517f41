import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Machine } from '../support/machine.ts';
import { run, withFolderAsync } from '../support/tools.ts';
import { patienceMs } from './job.ts';
import { askShell } from './keyboard.ts';
import { Stick } from './stick.ts';

/** How a disk of each kind comes to hold the file `hello`; those that need a mount for that stay empty. */
const filesystems: Readonly<Record<string, (disk: string, content: string) => void>> = {
  ext4: (disk, content) => run('mke2fs', ['-q', '-t', 'ext4', '-d', content, disk]),
  xfs: (disk) => run('mkfs.xfs', ['-q', disk]),
  btrfs: (disk, content) => run('mkfs.btrfs', ['-q', '--rootdir', content, disk]),
  f2fs: (disk) => run('mkfs.f2fs', ['-q', disk]),
  ntfs: (disk, content) => {
    run('mkntfs', ['--fast', '--quiet', '--force', disk]);
    run('ntfscp', ['--quiet', disk, join(content, 'hello'), 'hello']);
  },
  squashfs: (disk, content) => run('mksquashfs', [content, disk, '-quiet', '-no-progress', '-noappend']),
  erofs: (disk, content) => run('mkfs.erofs', ['--quiet', disk, content]),
};
const empty = ['xfs', 'f2fs'];

/** What a person can do by hand in the shell of the stick; each line says how it went. */
const script = `
try() {
  name=$1; shift
  if "$@" >/tmp/log 2>&1; then echo "$name works"; else echo "$name FAILS"; tail -n 3 /tmp/log; fi
}
disk() { truncate -s 64M "/tmp/$1" && losetup --find --show "/tmp/$1"; }
keeps() {
  mke2fs -q -t ext4 "$1" && mount "$1" /mnt && echo hello >/mnt/hello && umount /mnt &&
    mount -o ro "$1" /mnt && grep -q hello /mnt/hello && umount /mnt
}
reads() {
  device=$(blkid -t TYPE=$1 -o device | grep -v loop) && mount -t "\${2:-$1}" -o ro "$device" /mnt &&
    { [ "$3" = empty ] || grep -q hello /mnt/hello; } && umount /mnt
}
array() {
  mdadm --create /dev/md0 --run --level=1 --raid-devices=2 --metadata=1.2 "$(disk one)" "$(disk two)" &&
    keeps /dev/md0 && mdadm --stop /dev/md0 && mdadm --assemble --scan && udevadm settle && keeps /dev/md/0
}
volumes() {
  device=$(disk three) && lvm pvcreate -q "$device" && lvm vgcreate -q group "$device" &&
    lvm lvcreate -q -y -L 32M -n volume group && vgchange -an -q && vgchange -ay -q && keeps /dev/group/volume
}
vault() {
  device=$(disk four) && echo -n secret >/tmp/key &&
    cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "$device" /tmp/key &&
    cryptsetup open --key-file /tmp/key "$device" vault && keeps /dev/mapper/vault && cryptsetup close vault
}
copy() {
  device=$(disk five) && mke2fs -q -t ext4 "$device" && ddrescue -q "$device" /tmp/copy /tmp/map && cmp "$device" /tmp/copy
}
for type in ext4 btrfs squashfs erofs; do try $type reads $type; done
for type in ${empty.join(' ')}; do try $type reads $type $type empty; done
try ntfs reads ntfs ntfs3
try mdadm array
try lvm2 volumes
try cryptsetup vault
try gddrescue copy
`;

test('a person finds the tools for disks of every kind on the stick', async () => {
  await withFolderAsync(async (folder) => {
    const content = join(folder, 'content');
    mkdirSync(content);
    writeFileSync(join(content, 'hello'), 'hello\n');
    const disks = Object.entries(filesystems).map(([type, create]) => {
      const path = join(folder, `${type}.img`);
      run('truncate', ['-s', '320M', path]);
      create(path, content);
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
    // The shell is there before the disks are.
    const command = 'mkdir -p /m; until mount -o ro /dev/sda1 /m; do sleep 1; done; udevadm settle; sh /m/try.sh';
    const said = await askShell(machine, command, 200_000);
    const tried = [...Object.keys(filesystems), 'mdadm', 'lvm2', 'cryptsetup', 'gddrescue'];
    // What Sparekey says of itself on this console comes in between.
    const working = [...said.matchAll(/(\w+) works/g)].map(([, name]) => name);
    expect(working.sort(), said).toEqual(tried.sort());
  });
});
