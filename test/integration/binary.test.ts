import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { createHaosDisk } from '../support/haos-disk.ts';
import { run, withFolder } from '../support/tools.ts';

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

test('looks at a disk: everything that scan needs is in the bundle', () =>
  withFolder((folder) => {
    const { path } = createHaosDisk(join(folder, 'card.img'));
    const { status, stdout } = start(binary, ['scan', '--json', '--disk', path], { PATH: process.env.PATH });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).systems).toMatchObject([{ profile: 'haos', version: '16.2' }]);
  }));

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
