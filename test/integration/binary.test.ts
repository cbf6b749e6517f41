import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createHaosDisk, opensHaosUser } from '../support/haos-disk.ts';
import { opensHash } from '../support/libcrypt.ts';
import { run, withFolder, withFolderAsync } from '../support/tools.ts';

const native = process.arch === 'arm64' ? 'arm64' : 'x64';
const binary = resolve(`dist/sparekey-${native}`);
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const greeting = `sparekey ${version}\n`;

const start = (program: string, args: readonly string[], env: NodeJS.ProcessEnv) => {
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: 'utf8' });
  return { status, stdout, stderr };
};

const fine = { status: 0, stdout: greeting, stderr: '' };

test('starts with an empty environment, no HOME included', () => {
  expect(start(binary, ['--version'], {})).toEqual(fine);
});

test('does not listen to NODE_OPTIONS, which could load foreign code or keep it from starting', () => {
  expect(start(binary, ['--version'], { NODE_OPTIONS: '--require=/nowhere.js --no-such-option' })).toEqual(fine);
});

test('does not take options of Node from its command line', () => {
  const { status, stdout } = start(binary, ['--eval', 'console.log("foreign code")'], {});
  expect(status).toBe(2);
  expect(stdout).not.toContain('foreign');
});

/** The parts of the program are loaded when they are asked for: each command is asked once. */
describe('everything is in it that a command needs', () => {
  const environment = { PATH: process.env.PATH };

  test('scan, reset-password, undo', () =>
    withFolder((folder) => {
      const disk = createHaosDisk(join(folder, 'card.img'));
      const passwordFile = join(folder, 'password');
      writeFileSync(passwordFile, 'a new day\n');
      const scan = start(binary, ['scan', '--json', '--disk', disk.path], environment);
      expect(JSON.parse(scan.stdout).systems).toMatchObject([{ profile: 'haos', version: '16.2' }]);
      const user = ['--user', 'alice', '--password-file', passwordFile];
      const reset = start(binary, ['reset-password', ...user, '--disk', disk.path, '--yes'], environment);
      expect(reset).toMatchObject({ status: 0 });
      expect(opensHaosUser(disk, 'alice', 'a new day')).toBe(true);
      const undo = start(binary, ['undo', '--disk', disk.path, '--yes'], environment);
      expect(undo).toMatchObject({ status: 0 });
      expect(opensHaosUser(disk, 'alice', 'a new day')).toBe(false);
    }));

  test('recover, which copies in threads of its own', () =>
    withFolder((folder) => {
      const { path } = createHaosDisk(join(folder, 'card.img'));
      const wanted = ['/supervisor/homeassistant', '--on', 'LABEL=hassos-data', '--to', join(folder, 'got')];
      expect(start(binary, ['recover', ...wanted, '--disk', path], environment)).toMatchObject({ status: 0 });
      const copy = join(folder, 'got/supervisor/homeassistant/.HA_VERSION');
      expect(readFileSync(copy, 'utf8')).toBe('2026.9.3');
    }));

  test('hash, and a job file that is refused in its line', () =>
    withFolder((folder) => {
      const passwordFile = join(folder, 'password');
      const jobFile = join(folder, 'job.yaml');
      writeFileSync(passwordFile, 'a new day\n');
      writeFileSync(jobFile, 'version: 1\nnonsense: true\n');
      const { stdout } = start(binary, ['hash', '--password-file', passwordFile], environment);
      expect(opensHash('a new day', stdout.trim())).toBe(true);
      const run = start(binary, ['run', jobFile], environment);
      expect(run.status).not.toBe(0);
      expect(`${run.stdout}${run.stderr}`).toContain('nonsense');
    }));

  test('the text UI', async () => {
    const terminal = spawn('script', ['--quiet', '--command', binary, '/dev/null'], {
      env: { ...environment, TERM: 'linux' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let screen = '';
    for await (const output of terminal.stdout) {
      screen += output;
      if (screen.includes('Sparekey') || screen.includes('Error')) terminal.kill();
    }
    expect(screen).toContain('Sparekey');
    expect(screen).not.toContain('Error');
  });
});

/** The libraries that a program names, as the loader finds them: `libm.so.6 => /lib/…/libm.so.6 (0x…)` and the loader. */
const librariesOf = (program: string): readonly string[] =>
  [...run('ldd', [program]).matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);

test('starts on a bare console: nothing there but its libraries, no passwd, no /dev, no /proc, no /tmp', () =>
  withFolder((root) => {
    const libraries = librariesOf(binary);
    expect(libraries.length).toBeGreaterThan(4);
    for (const library of libraries) {
      mkdirSync(join(root, dirname(library)), { recursive: true });
      copyFileSync(library, join(root, library));
      chmodSync(join(root, library), 0o755);
    }
    cpSync(binary, join(root, 'sparekey'));
    expect(start('chroot', [root, '/sparekey', '--version'], { PATH: process.env.PATH })).toEqual(fine);
    const help = start('chroot', [root, '/sparekey', '--help'], { PATH: process.env.PATH });
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toContain('reset-password');
  }));

test('the other binary starts too, under emulation', ({ skip }) => {
  const emulator = ['/usr/bin/qemu-aarch64-static', '/usr/bin/qemu-aarch64'].find((path) => existsSync(path));
  skip(native === 'arm64', 'the x64 binary is tried on x64 machines');
  if (emulator === undefined) throw new Error('qemu-user-static is not installed');
  const args = ['-L', '/usr/aarch64-linux-gnu', resolve('dist/sparekey-arm64')];
  expect(start(emulator, [...args, '--version'], {})).toEqual(fine);
  expect(start(emulator, [...args, '--help'], {})).toMatchObject({ status: 0, stderr: '' });
});

test('writes no file where a variable of Node’s asks for one', () =>
  withFolder((folder) => {
    const at = (name: string) => join(folder, name);
    const env = {
      NODE_V8_COVERAGE: at('coverage'),
      NODE_COMPILE_CACHE: at('cache'),
      NODE_REDIRECT_WARNINGS: at('words'),
    };
    expect(start(binary, ['--version'], env)).toEqual(fine);
    expect(readdirSync(folder)).toEqual([]);
  }));

/** The sockets that a process has among its open files, as `socket:[inode]`. */
const socketsOf = (pid: number): readonly string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    const target = readlinkSync(`/proc/${pid}/fd/${name}`);
    return target.startsWith('socket:') ? [target] : [];
  });

/** Inodes of sockets that listen, of the network of a process (proc_pid_net(5): state 0A). */
const listening = (pid: number): readonly string[] =>
  ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/${pid}/net/${family}`, 'utf8')
      .split('\n')
      .flatMap((line) => (/^ *\d+: \S+ \S+ 0A /.test(line) ? [`socket:[${line.trim().split(/\s+/)[9]}]`] : [])),
  );

test.each([
  ['the binary', binary, []],
  ['the sources', process.execPath, ['src/main.ts']],
] as const)(
  '%s: a debugger is not let in, and a crash leaves no core with passwords in it',
  async (_, program, first) => {
    await withFolderAsync(async (folder) => {
      const password = join(folder, 'password');
      run('mkfifo', [password]);
      const image = createHaosDisk(join(folder, 'disk.img')).path;
      const args = ['reset-password', '--disk', image, '--user', 'bob', '--password-file', password, '--yes'];
      const child = spawn('sh', ['-c', 'ulimit -c unlimited; exec "$0" "$@"', program, ...first, ...args], {
        stdio: 'ignore',
      });
      const { pid = 0 } = child;
      const writing = open(password, 'w'); // comes when it reads: by then it has looked at the disk
      const writer = await writing;
      expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/^Max core file size +0 +0 /m);
      child.kill('SIGUSR1');
      await writer.writeFile('a new password\n');
      await writer.close();
      let mostListening = 0;
      const ended = once(child, 'close');
      const watch = setInterval(() => {
        try {
          mostListening = Math.max(
            mostListening,
            socketsOf(pid).filter((each) => listening(pid).includes(each)).length,
          );
        } catch {} // it has ended
      }, 20);
      const [code] = await ended;
      clearInterval(watch);
      expect([code, mostListening]).toEqual([0, 0]);
    });
  },
);
