import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './tools.ts';

/** What sshd -T prints for a connection: all lines of each keyword, in lower case; or why it refuses the configuration. */
export type SshdPrint = ReadonlyMap<string, readonly string[]> | string;

/** A connection as sshd -C takes it. */
export interface TestConnection {
  readonly user: string;
  readonly host: string;
  readonly addr: string;
  readonly laddr: string;
  readonly lport: number;
}

/**
 * OpenSSH itself, with a folder in the place of /etc/ssh for it alone.
 * @param root below which the program and what it needs are; this machine's own by default
 */
export const sshdJudge = (configuration: string, root = '/') => {
  mkdirSync(configuration, { recursive: true });
  const hostKey = join(configuration, 'key');
  if (!existsSync(hostKey)) run('ssh-keygen', ['-q', '-N', '', '-t', 'ed25519', '-f', hostKey]);
  const script =
    'mkdir -p "$1/run/sshd" && { [ "$1/etc/ssh" = "$2" ] || mount --bind "$2" "$1/etc/ssh"; } && exec chroot "$1" /usr/sbin/sshd -T -h /etc/ssh/key -C "$3"';
  return ({ user, host, addr, laddr, lport }: TestConnection): SshdPrint => {
    const spec = `user=${user},host=${host},addr=${addr},laddr=${laddr},lport=${lport}`;
    const args = ['--mount', 'sh', '-c', script, 'sh', root, configuration, spec];
    const { status, stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
    if (status === 255 || status === 1) return `refused: ${stderr}`;
    if (status !== 0) throw new Error(`sshd -T could not be asked (${status}): ${stderr}`);
    const lines = new Map<string, string[]>();
    for (const line of stdout.split('\n').filter((each) => each !== '')) {
      const [keyword = ''] = line.split(' ', 1);
      lines.set(keyword, [...(lines.get(keyword) ?? []), line.slice(keyword.length + 1)]);
    }
    return lines;
  };
};
