import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createSparse } from '../../support/disk-image.ts';
import { diskNode, runGuest } from '../../support/guest.ts';
import { opensHash } from '../../support/libcrypt.ts';
import { createLinuxDisk } from '../../support/linux-disk.ts';
import { run, withFolderAsync } from '../../support/tools.ts';
import { machines, type StackMachine } from './machines.ts';

/**
 * Systems inside of RAIDs, volume groups and encrypted volumes, which this machine's kernel knows nothing of: our image's
 * kernel makes their disks, all in one guest, and each is then rescued in a guest of its own.
 */

const password = 'brand new';
const functions = `
fill() { dd if=$root of=$1 bs=1M status=none conv=fsync; }
settled() { for _ in $(seq 400); do [ "$(cat /sys/block/$1/md/sync_action)" != idle ] || break; sleep 0.3; done; }
check() { echo check >/sys/block/$1/md/sync_action; settled $1; echo "mismatches of $1: $(cat /sys/block/$1/md/mismatch_cnt)"; }
modules() { for m in loop dm-snapshot dm-thin-pool raid1 raid10 raid456; do modprobe $m; done; }
modules 2>/dev/null
`;

/** The disks of all machines, made once, and again when anything changes that they are made by. */
const fixtures = resolve('.cache/stack-disks');
const made = createHash('sha256')
  .update(JSON.stringify(machines.map(({ make, disksMebibytes }) => [make, disksMebibytes])))
  .update(functions)
  .digest('hex');
const folderOf = ({ name }: StackMachine): string => join(fixtures, made.slice(0, 16), name.replaceAll(/\W+/g, '-'));
const diskOf = (machine: StackMachine, index: number): string => join(folderOf(machine), `${index}.img`);

const makeAll = (): Promise<void> =>
  withFolderAsync(async (folder) => {
    const root = createLinuxDisk(join(folder, 'root.img'), { sizeMebibytes: 16 });
    const disks = machines.flatMap((machine, at) =>
      machine.disksMebibytes.map((size, index) => {
        const path = join(folder, `${at}-${index}.img`);
        createSparse(path, size);
        return path;
      }),
    );
    let next = 1;
    const scripts = machines.map(({ name, disksMebibytes, make }, at) => {
      const nodes = disksMebibytes.map(() => diskNode(next++)).join(' ');
      return `echo "== ${name}"; set -- ${nodes}\n${make}\nleft=$(dmsetup ls | grep -v '^No'; grep '^md' /proc/mdstat); [ -z "$left" ] && echo "made ${at}" || echo "left: $left"`;
    });
    const said = await runGuest(`root=${diskNode(0)}\n${functions}\n${scripts.join('\n')}\nsync`, [root, ...disks]);
    for (const [at, machine] of machines.entries()) {
      if (!said.includes(`made ${at}\n`)) throw new Error(`${machine.name} was not made:\n${said}`);
      mkdirSync(folderOf(machine), { recursive: true });
      for (const index of machine.disksMebibytes.keys())
        run('cp', ['--sparse=always', join(folder, `${at}-${index}.img`), `${diskOf(machine, index)}.new`]);
      for (const index of machine.disksMebibytes.keys())
        renameSync(`${diskOf(machine, index)}.new`, diskOf(machine, index));
    }
  });

beforeAll(async () => {
  const isThere = machines.every((machine) =>
    machine.disksMebibytes.every((_, index) => existsSync(diskOf(machine, index))),
  );
  if (!isThere) await makeAll();
}, 1_800_000);

/** What is open, in the order of its making; the same before and after, whoever opened it. */
const whatIsOpen = `dmsetup ls | sort; grep '^md' /proc/mdstat; losetup --list --noheadings --output NAME,BACK-FILE; ls /dev/mapper /dev/shm; echo`;

const rescueScript = (machine: StackMachine, disks: readonly string[]): string => `
${functions}
printf '${password}\\n' >/tmp/secret
${machine.before ?? ''}
sums() { sha256sum ${disks.join(' ')}; }
open() { ${whatIsOpen}; }
sums >/tmp/before; open >/tmp/open-before
sparekey scan --no-color ${machine.options ?? ''} >/tmp/scan 2>&1; echo "scan: exit $?"; cat /tmp/scan; echo "(scan)"
sums >/tmp/after; cmp -s /tmp/before /tmp/after && echo "scan: not a byte"
open >/tmp/open-after; diff /tmp/open-before /tmp/open-after && echo "scan: as found"
sparekey reset-password --user bob --password-file /tmp/secret --yes ${machine.options ?? ''} >/tmp/log 2>&1; echo "reset: exit $?"; cat /tmp/log; echo "(reset)"
open >/tmp/open-after; diff /tmp/open-before /tmp/open-after && echo "reset: as found"
sums >/tmp/after; cmp -s /tmp/before /tmp/after && echo "reset: not a byte"
mkdir -p /mnt; ${machine.open}
echo "hash: $(grep '^bob:' /mnt/etc/shadow | cut -d: -f2)"
${machine.close}
`;

const between = (said: string, end: string): string => said.slice(0, said.indexOf(`(${end})`));

describe.each(machines)('$name', (machine) => {
  test('is looked at without a byte changing, and let in or refused', async () => {
    await withFolderAsync(async (folder) => {
      const there = [...machine.disksMebibytes.keys()].filter((index) => !machine.without?.includes(index));
      const disks = there.map((index) => {
        const path = join(folder, `${index}.img`);
        run('cp', ['--sparse=always', diskOf(machine, index), path]);
        return path;
      });
      const said = await runGuest(
        rescueScript(
          machine,
          disks.map((_, index) => diskNode(index)),
        ),
        disks,
      );
      const isRefused = machine.refusal !== undefined;
      expect(said).toContain('scan: exit 0\n');
      for (const shown of machine.shows) expect(between(said, 'scan')).toMatch(shown);
      expect(said).toContain('scan: not a byte\n');
      expect(said).toContain('scan: as found\n');
      expect(said).toContain(`reset: exit ${isRefused ? 3 : 0}\n`);
      expect(said).toContain('reset: as found\n');
      if (machine.refusal) {
        expect(said).toMatch(machine.refusal);
        expect(said).toContain('reset: not a byte\n');
        return;
      }
      const hash = /^hash: (\S+)$/m.exec(said)?.[1] ?? '';
      expect(opensHash(password, hash)).toBe(true);
      for (const [, count] of said.matchAll(/mismatches of \S+: (\d+)/g)) expect(count).toBe('0');
      for (const mirror of machine.mirrors ?? []) expect(said).toContain(`mismatches of ${mirror}: 0\n`);
    });
  });
});
