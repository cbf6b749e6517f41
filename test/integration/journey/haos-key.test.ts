import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { createHaosDisk } from '../../support/haos-disk.ts';
import { withMounted } from '../../support/recovery.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { sparekey, sparekeyJson } from '../../support/sparekey.ts';
import { run } from '../../support/tools.ts';

/**
 * The key of root on port 22222 of Home Assistant OS. The judge is dropbear itself, over the folder that the appliance
 * lays over root's own, and OpenSSH's client with the private key.
 */

const at = scratchFolder('haos-key');
let disk: string;
let options: string;

beforeAll(() => {
  disk = createHaosDisk(at('haos.img')).path;
  const [, start = '', sectors = ''] =
    /name="hassos-overlay"/.exec('') ??
    /start= *(\d+), size= *(\d+)[^\n]*hassos-overlay/.exec(run('sfdisk', ['--dump', disk])) ??
    [];
  options = `offset=${Number(start) * 512},sizelimit=${Number(sectors) * 512}`;
  run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'me@laptop', '-f', at('id')]);
  run('dropbearkey', ['-t', 'ed25519', '-f', at('host')]);
});

const look = (): string =>
  withMounted(
    disk,
    `ro,noload,${options}`,
    "cd \"$1\" && find . -path ./lost+found -prune -o -not -path './.sparekey*' -printf '%P %y %m %U:%G\\n' | sort",
  );

/** What a login as root comes to: `in`, or what ssh says. */
const logIn = (): string =>
  withMounted(
    disk,
    `ro,noload,${options}`,
    `
    mount -t tmpfs -o mode=700 none /root && mkdir -m 700 /root/.ssh
    if [ -e "$1/root/.ssh" ]; then mount --bind "$1/root/.ssh" /root/.ssh; fi
    dropbear -F -E -s -R -r "$2" -p 127.0.0.1:22222 -P /proc/self/fd/9 2>/dev/null 9>/dev/null &
    server=$!
    ssh -F none -i "$3" -p 22222 -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \\
      -o ConnectionAttempts=20 -o LogLevel=ERROR root@127.0.0.1 'echo in' 2>&1 || true
    kill $server`,
    [at('host'), at('id')],
  ).trim();

describe('root’s key on Home Assistant OS', () => {
  test('opens port 22222, lies on the overlay partition for root alone, and is undone without a trace', () => {
    const before = look();
    expect(logIn()).toContain('Permission denied');
    const args = ['authorize-key', '--disk', disk, '--user', 'root', '--key', at('id.pub'), '--yes'];
    const { outcome, document } = sparekeyJson(args);
    expect(outcome.exitCode).toBe(0);
    expect(document.plan).toMatchObject({
      user: 'root',
      system: 'haos@haos.img:8',
      volume: { selector: 'haos.img:7' },
    });
    const codes = document.plan.warnings.map(({ code }: { code: string }) => code);
    expect(codes).toEqual(expect.arrayContaining(['config-stick', 'lies-elsewhere']));
    const made = ['root d 700 0:0', 'root/.ssh d 700 0:0', 'root/.ssh/authorized_keys f 600 0:0'];
    expect(look().split('\n').sort()).toEqual([...before.split('\n'), ...made].sort());
    const written = withMounted(disk, `ro,noload,${options}`, 'cat "$1/root/.ssh/authorized_keys"');
    expect(written).toBe(readFileSync(at('id.pub'), 'utf8'));
    expect(logIn()).toBe('in');
    expect(sparekey(['undo', document.journal.id, '--disk', disk, '--yes']).exitCode).toBe(0);
    expect(look()).toBe(before);
    expect(logIn()).toContain('Permission denied');
  });

  test('is not for people of Home Assistant, who have none', () => {
    const bob = sparekey(['authorize-key', '--disk', disk, '--user', 'Bob', '--key', at('id.pub'), '--yes']);
    expect(bob.exitCode).toBe(4);
    expect(bob.stderr).toContain('root');
  });
});
