import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { run } from './tools.ts';

/** The ways in that are tried. */
export type TriedDoor = 'ssh-password' | 'ssh-key';

/**
 * A real sshd of this machine on a port of the loopback, which sees a folder's /etc/passwd, /etc/group, /etc/shadow,
 * /etc/ssh and /home in the place of the machine's own.
 * @param root below which those are
 */
export const sshdDoor = (root: string, port: number) => {
  const keys = join(root, 'keys');
  mkdirSync(keys, { recursive: true });
  for (const name of ['host', 'bob']) run('ssh-keygen', ['-q', '-N', '', '-t', 'ed25519', '-f', join(keys, name)]);
  const askpass = join(keys, 'askpass');
  writeFileSync(askpass, '#!/bin/sh\nprintf "%s\\n" "$SPAREKEY_TEST_ANSWER"\n');
  chmodSync(askpass, 0o755);
  const binds = ['etc/passwd', 'etc/group', 'etc/shadow', 'etc/ssh', 'home'];
  const mounts = binds.map((path) => `mount --bind "$1/${path}" "/${path}"`).join(' && ');
  const server = `mkdir -p /run/sshd && ${mounts} && exec /usr/sbin/sshd -D -e -p ${port} -o ListenAddress=127.0.0.1 -h "$1/keys/host" -o PidFile=none`;

  const start = async () => {
    const child = spawn('unshare', ['--mount', 'sh', '-c', server, 'sh', root], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    const ended = new Promise<'ended'>((resolve) => child.once('exit', () => resolve('ended')));
    for (;;) {
      const state = await Promise.race([ended, isListening(port)]);
      if (state === 'ended') return { stop: async () => undefined, isRunning: false, log: () => output };
      if (state) break;
    }
    const stop = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    return { stop, isRunning: true, log: () => output };
  };

  /** Whether somebody gets in through a door, and to a command. */
  const opens = (door: TriedDoor, user: string, password: string): boolean => {
    const methods =
      door === 'ssh-key'
        ? ['PreferredAuthentications=publickey', `IdentityFile=${keys}/bob`, 'IdentitiesOnly=yes', 'BatchMode=yes']
        : [
            'PreferredAuthentications=password,keyboard-interactive',
            'PubkeyAuthentication=no',
            'NumberOfPasswordPrompts=1',
          ];
    const options = [
      ...methods,
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'LogLevel=ERROR',
      'ConnectTimeout=20',
    ];
    const args = [
      '-F',
      'none',
      '-p',
      String(port),
      ...options.flatMap((option) => ['-o', option]),
      `${user}@127.0.0.1`,
      'echo in',
    ];
    const { SSH_AUTH_SOCK: _, ...rest } = process.env;
    const env = { ...rest, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', SPAREKEY_TEST_ANSWER: password };
    const { stdout } = spawnSync('ssh', args, {
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    return stdout === 'in\n';
  };

  return { start, opens, publicKey: join(keys, 'bob.pub') };
};

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => setTimeout(() => resolve(false), 30));
  });
