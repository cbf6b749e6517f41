import { expect, test } from 'vitest';
import { apply } from '../../../src/engine/apply.ts';
import { consentTo } from '../../../src/engine/consent.ts';
import type { Context } from '../../../src/engine/context.ts';
import { preparePlan } from '../../../src/engine/prepare.ts';
import { scan } from '../../../src/engine/scan.ts';
import { chooseAccount } from '../../../src/engine/select.ts';
import { Secret } from '../../../src/model/secret.ts';
import { resetPassword } from '../../../src/operations/reset-password.ts';
import { contextOn } from '../../support/context.ts';
import { createDebianDisk, type DebianDisk, opensDebianUser } from '../../support/debian-disk.ts';
import { seededRandom } from '../../support/random.ts';
import { scratchStorage } from '../../support/scratch.ts';
import { noClockMs } from '../../support/small-linux.ts';
import { run } from '../../support/tools.ts';

const { storage, at } = scratchStorage('clock');
const password = 'brand new';

const contextAt = (nowMs: number): Context =>
  contextOn(storage, { now: () => nowMs, randomBytes: seededRandom(9).bytes });

/** The whole way to a new password, on a machine whose clock shows this. */
const resetAt = async (nowMs: number, { path }: DebianDisk, user: string): Promise<void> => {
  const context = contextAt(nowMs);
  const found = await scan(context, [{ kind: 'image', path }]);
  const { system, account } = chooseAccount(found, { on: undefined, user }, resetPassword);
  const options = { account, password: new Secret(password), unlock: false, fix: undefined };
  const prepared = await preparePlan(context, found, resetPassword, system, options);
  await apply(context, prepared, consentTo(prepared.plan, 'order'));
};

/** Runs a shell script in the mounted root of the disk, at a folder of its own. */
const inRoot = ({ path, root }: DebianDisk, script: string): string =>
  run('unshare', [
    ...['--mount', '--propagation', 'private', 'sh', '-ec'],
    'mount -t ext4 -o "loop,offset=$2,sizelimit=$3" "$1" /proc/driver; cd /proc/driver; eval "$4"; cd /; umount /proc/driver',
    ...['sh', path, String(root.offsetBytes), String(root.sizeBytes), script],
  ]);

/** Gives accounts the fields from the third on. */
const withFields = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([user, rest]) => `sed -i 's/^${user}:\\([^:]*\\):.*/${user}:\\1:${rest}/' etc/shadow`)
    .join('; ');

test('accounts that their age has closed open again, by Debian’s own PAM, whatever the clock of the rescuer shows', async () => {
  const disk = createDebianDisk(at('debian.img'));
  inRoot(disk, withFields({ alice: '19000:0:90:7:30::', bob: '0:0:90:7:30::', root: ':0:90:7:30::' }));
  for (const user of ['alice', 'bob', 'root']) expect(opensDebianUser(disk, user, `forgotten-by-${user}`)).toBe(false);
  await resetAt(noClockMs, disk, 'alice');
  await resetAt(Date.UTC(2026, 0, 2), disk, 'bob');
  await resetAt(Date.now(), disk, 'root');
  for (const user of ['alice', 'bob', 'root']) expect(opensDebianUser(disk, user, password), user).toBe(true);
});

test('also where nothing on the disk tells the time', async () => {
  const disk = createDebianDisk(at('timeless.img'));
  inRoot(disk, `${withFields({ alice: '19000:0:90:7:30::' })}; find . -xdev -exec touch -h -d @0 {} +`);
  run('env', [
    'E2FSPROGS_FAKE_TIME=60',
    'debugfs',
    '-w',
    '-R',
    'set_super_value mtime 19700101',
    `${disk.path}?offset=${disk.root.offsetBytes}`,
  ]);
  const { disks } = await scan(contextAt(noClockMs), [{ kind: 'image', path: disk.path }]);
  const written = disks[0]?.volumes.find(({ filesystem }) => filesystem?.type === 'ext4')?.filesystem?.writtenAtMs ?? 0;
  expect(written).toBeLessThan(Date.UTC(1971, 0, 1));
  await resetAt(noClockMs, disk, 'alice');
  expect(opensDebianUser(disk, 'alice', password)).toBe(true);
  expect(inRoot(disk, 'grep ^alice: etc/shadow | cut -d: -f3-').trim()).toBe(
    `${Date.UTC(2026, 0, 1) / 86_400_000}:0::7:::`,
  );
});
