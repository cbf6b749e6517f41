import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createExtImage, createSparse } from '../support/disk-image.ts';
import { crypt, opensHash } from '../support/libcrypt.ts';
import { Machine } from '../support/machine.ts';
import { createPartitioned } from '../support/scratch.ts';
import { withFolderAsync } from '../support/tools.ts';
import { patienceMs } from './job.ts';
import { askShell } from './keyboard.ts';
import { Stick } from './stick.ts';

/**
 * The lock that all runs share is on the whole disk below: of a partition, of both legs of a mirror, of a logical volume
 * and of an encrypted one. Whoever has it keeps a reset out; and of two resets at once, what was said to be done is in
 * place. The kernel that the other tests run on knows neither md nor device-mapper.
 */

const rounds = 2;
const stacks = ['partition', 'mirror', 'volume', 'vault'] as const;
const users = ['ann', 'bob'] as const;
const forgotten = crypt('forgotten', '$6$saltsalt$');

const script = `
exec </dev/null
modprobe -a raid1 dm-mod dm-crypt
fill() { dd if=/m/root.img of="$1" bs=1M 2>/dev/null; blockdev --flushbufs "$1"; }
fill /dev/vda1
mdadm --create /dev/md0 --run --assume-clean --level=1 --raid-devices=2 --metadata=1.2 /dev/vdb /dev/vdc
fill /dev/md0
lvm pvcreate /dev/vdd && lvm vgcreate pool /dev/vdd && lvm lvcreate --yes -n root -l 100%FREE pool
fill /dev/pool/root
printf %s geheim >/tmp/key
cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/vde /tmp/key
cryptsetup open --key-file /tmp/key /dev/vde vault
fill /dev/mapper/vault
udevadm settle; lsblk
reset() { sparekey reset-password --disk "$2" --user "$1" --password-file "/tmp/$1" --yes >"/tmp/$1.log" 2>&1; }
kept() {
  echo never >/tmp/ann
  (flock 9; exec sleep 1000) 9<"$2" & keeper=$!
  while flock --nonblock "$2" true; do sleep 1; done
  reset ann "$3"; echo "$1 kept: $?"; tail -n 1 /tmp/ann.log
  kill $keeper
}
twice() {
  for round in ${Array.from({ length: rounds }, (_, round) => round).join(' ')}; do
    for user in ${users.join(' ')}; do echo "$user in round $round" >/tmp/$user; done
    reset ann "$2" & first=$!
    reset bob "$3" & second=$!
    wait $first; one=$?; wait $second; two=$?
    echo "$1 round $round: $one $two $(debugfs -R 'cat /etc/shadow' "$2" 2>/dev/null | base64 | tr -d '\\n') end"
    cat /tmp/*.log
  done
}
kept partition /dev/vda /dev/vda1
kept mirror /dev/vdc /dev/md0
kept volume /dev/vdd /dev/pool/root
kept vault /dev/vde /dev/mapper/vault
twice partition /dev/vda1 /dev/vda
twice mirror /dev/md0 /dev/md0
twice volume /dev/pool/root /dev/dm-0
twice vault /dev/mapper/vault /dev/dm-1
`;

test('the lock of a partition, a mirror, a logical volume and an encrypted one is on the disks below', async () => {
  await withFolderAsync(async (folder) => {
    const root = createExtImage(join(folder, 'root.img'), {
      files: {
        'etc/os-release': 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\n',
        'etc/passwd': `root:x:0:0::/root:/bin/sh\n${users.map((user, index) => `${user}:x:${1000 + index}:1000::/home/${user}:/bin/sh\n`).join('')}`,
        'etc/shadow': `root:*:19000:0:99999:7:::\n${users.map((user) => `${user}:${forgotten}:19000:0:99999:7:::\n`).join('')}`,
      },
    });
    const disks = ['a', 'b', 'c', 'd', 'e'].map((letter) => {
      const path = join(folder, `${letter}.img`);
      if (letter === 'a') createPartitioned(path, 48, 'label: dos\nstart=2048, size=32MiB, type=83\n');
      else createSparse(path, 48);
      return { path, bus: 'virtio' } as const;
    });
    const stick = new Stick(folder);
    stick.write('root.img', readFileSync(root));
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
    const said = await askShell(machine, command, 1_500_000);
    for (const stack of stacks) {
      expect(said).toContain(`${stack} kept: 3`);
      const current: Record<string, string> = { ann: 'forgotten', bob: 'forgotten' };
      for (let round = 0; round < rounds; round++) {
        const [, one, two, shadow = ''] =
          new RegExp(`${stack} round ${round}: (\\d+) (\\d+) (\\S+) end`).exec(said) ?? [];
        const answers = [one, two];
        expect(answers).toContain('0');
        const text = Buffer.from(shadow, 'base64').toString();
        for (const [index, user] of users.entries()) {
          if (answers[index] === '0') current[user] = `${user} in round ${round}`;
          const hash = new RegExp(`^${user}:([^:]*)`, 'm').exec(text)?.[1] ?? '';
          expect([stack, round, answers, user, opensHash(current[user] ?? '', hash)]).toEqual([
            ...[stack, round, answers, user],
            true,
          ]);
        }
      }
    }
    expect(said.match(/Another run of Sparekey/g)?.length).toBeGreaterThanOrEqual(stacks.length);
  });
});
