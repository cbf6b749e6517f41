import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, withFolderAsync } from '../support/tools.ts';

/**
 * What becomes of a build of the image that something comes in the way of. Only the PC's part is built, from the packages
 * that the last build fetched, in a cache of its own; its system is made once, after which a build takes seconds.
 */
mkdirSync('.cache', { recursive: true });
const shared = mkdtempSync(resolve('.cache/builds-'));
const binaries = join(shared, 'dist');
let cache = '';
const script = [process.execPath, resolve('scripts/image.ts'), '--boards', 'pc', '--binaries', binaries];
/** Somebody may commit, or build the binaries, while the tests run. */
const steady = { SOURCE_DATE_EPOCH: '1767225600' };

/** Another cache with the same packages, and perhaps with what was built of them; links cost nothing. */
const linkCache = (from: string, parts: readonly string[]): string => {
  const copy = mkdtempSync(join(shared, 'cache-'));
  for (const part of parts) run('cp', ['-al', join(from, part), copy]);
  return copy;
};
const fetched = ['apt', 'unpacked'];

beforeAll(async () => {
  cache = linkCache(resolve('.cache/image'), fetched);
  mkdirSync(binaries);
  copyFileSync(resolve('dist/sparekey-x64'), join(binaries, 'sparekey-x64'));
  expect((await build(join(shared, 'first.img'))).said).toMatch(/is ready/);
}, 1_200_000);
afterAll(() => rmSync(shared, { recursive: true }));

interface Attempt {
  readonly status: number | NodeJS.Signals | null;
  readonly said: string;
}

interface Circumstances {
  readonly cache?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** A command that runs the build somewhere else. */
  readonly inside?: readonly string[];
  /** Ends it once it has said this. */
  readonly end?: { readonly at: RegExp; readonly afterMs: number; readonly signal: NodeJS.Signals };
}

const build = (output: string, circumstances: Circumstances = {}): Promise<Attempt> =>
  new Promise((done, fail) => {
    const { end, environment, inside = [] } = circumstances;
    const words = [...inside, ...script, '--cache', circumstances.cache ?? cache, '--output', output];
    const [program = '', ...args] = words;
    const child = spawn(program, args, {
      env: { ...process.env, ...steady, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    let isEnding = false;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (!end || isEnding || !end.at.test(said)) return;
      isEnding = true;
      setTimeout(() => child.kill(end.signal), end.afterMs);
    });
    child.on('error', fail).on('close', (code, signal) => done({ status: signal ?? code, said }));
  });

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('a build that is interrupted', () => {
  test.each([
    ['SIGTERM', 'laying out', 1500],
    ['SIGKILL', 'laying out', 1500],
    ['SIGINT', 'laying out', 100],
  ] as const)('%s while %s: nothing under the final name, and the next build is whole', async (signal, at, afterMs) => {
    await withFolderAsync(async (folder) => {
      const output = join(folder, 'sparekey.img');
      const attempt = await build(output, { end: { at: new RegExp(at), afterMs, signal } });
      expect(attempt.status).toBe(signal);
      expect(existsSync(output)).toBe(false);
      expect(existsSync(join(folder, 'sparekey.spdx.json'))).toBe(false);
      expect((await build(output)).said).toMatch(/is ready/);
      expect(readdirSync(folder).sort()).toEqual(['sparekey.img', 'sparekey.spdx.json']);
      run('fsck.fat', ['-n', partitionOf(output, folder)]);
    });
  });

  test('SIGKILL while building the system: an older image stays as it was, and the next build is the same as any', async () => {
    await withFolderAsync(async (folder) => {
      const [output, other] = [join(folder, 'sparekey.img'), join(folder, 'other.img')];
      const second = linkCache(cache, fetched);
      writeFileSync(output, 'the image of last week');
      const end = { at: /building the system/, afterMs: 8000, signal: 'SIGKILL' } as const;
      expect((await build(output, { cache: second, end })).status).toBe('SIGKILL');
      expect(readFileSync(output, 'utf8')).toBe('the image of last week');
      expect((await build(output, { cache: second })).status).toBe(0);
      await build(other);
      expect(sha256(output)).toBe(sha256(other));
    });
  });
});

const partitionOf = (image: string, folder: string): string => {
  const copy = join(folder, '..', `partition-${process.pid}`);
  run('dd', [`if=${image}`, `of=${copy}`, 'bs=1M', 'skip=1', 'conv=sparse', 'status=none']);
  return copy;
};

/** A shell in namespaces of its own, root there and nobody special here; the build follows as its arguments. */
const shell = (prepare: string): readonly string[] => [
  ...['unshare', '--user', '--map-root-user', '--mount', '--net', '--pid', '--fork', '--mount-proc'],
  ...['sh', '-ec', `${prepare}\nexec "$@"`, 'sh'],
];

describe('a disk that is full', () => {
  test.each([
    ['of the image', 'mount -t tmpfs -o size=60m tmpfs OUTPUT', false],
    ['of the cache', 'mount -t tmpfs -o size=60m tmpfs CACHE/built', true],
  ])('%s: said, and no image', async (_, prepare, isBuilt) => {
    await withFolderAsync(async (folder) => {
      const output = join(folder, 'output');
      mkdirSync(output);
      const used = isBuilt ? linkCache(cache, fetched) : cache;
      mkdirSync(join(used, 'built'), { recursive: true });
      const inside = shell(prepare.replace('OUTPUT', output).replace('CACHE', used));
      const { status, said } = await build(join(output, 'sparekey.img'), { cache: used, inside });
      expect(said).toMatch(/no space left/i);
      expect(said).not.toMatch(/is ready|at .*\.ts:\d/);
      expect(status).toBe(1);
      expect(readdirSync(output)).toEqual([]);
    });
  });
});

describe('downloads that break', () => {
  const archives = 'apt/amd64/cache/archives';
  const packageIn = (folder: string) =>
    readdirSync(join(folder, archives)).find((name) => name.startsWith('kbd_')) ?? '';

  /** A proxy that lets nothing through: it cuts packages short, or has an excuse. */
  const throughProxy = async (isCut: boolean, work: (environment: NodeJS.ProcessEnv) => Promise<void>) => {
    const server = createServer((request, response) => {
      const name = decodeURIComponent(request.url?.split('/').at(-1) ?? '').replace(/%3a/i, ':');
      const held = join(cache, archives, name);
      if (!isCut || !existsSync(held)) return response.writeHead(502).end('<html>Bad gateway</html>');
      const half = readFileSync(held).subarray(0, statSync(held).size >> 1);
      return response.writeHead(200, { 'Content-Length': half.length }).end(half);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await work({ http_proxy: address, https_proxy: address });
    } finally {
      server.close();
    }
  };

  test.each([
    ['a package that ends in the middle', true],
    ['a proxy that answers with a page of its own', false],
  ])('%s: no image, and nothing broken is kept', async (_, isCut) => {
    await withFolderAsync(async (folder) => {
      const own = linkCache(cache, [...fetched, 'built']);
      const name = packageIn(own);
      run('rm', [join(own, archives, name)]);
      const output = join(folder, 'sparekey.img');
      await throughProxy(isCut, async (environment) => {
        const { status, said } = await build(output, { cache: own, environment });
        expect(status).toBe(1);
        expect(said).toMatch(isCut ? /Hash Sum mismatch|unexpected size|Connection|closed/i : /502/);
      });
      expect(existsSync(output)).toBe(false);
      expect(existsSync(join(own, archives, name))).toBe(false);
    });
  });

  test('a package in the cache that was cut is not used: it is fetched anew, or the build fails', async () => {
    await withFolderAsync(async (folder) => {
      const own = linkCache(cache, [...fetched, 'built']);
      const file = join(own, archives, packageIn(own));
      copyFileSync(file, `${file}.whole`);
      run('mv', [`${file}.whole`, file]);
      truncateSync(file, statSync(file).size >> 1);
      await throughProxy(false, async (environment) => {
        expect((await build(join(folder, 'sparekey.img'), { cache: own, environment })).status).toBe(1);
      });
      expect(existsSync(join(folder, 'sparekey.img'))).toBe(false);
    });
  });
});

describe('where nobody is root', () => {
  test('a plain container without devices, network or mounts builds the same image', async () => {
    await withFolderAsync(async (folder) => {
      const devices = ['null', 'zero', 'urandom', 'random'].map(
        (name) => `touch "$d/${name}"; mount --bind /dev/${name} "$d/${name}"`,
      );
      const prepare = [`d=${join(folder, 'dev')}; mkdir "$d"; mount -t tmpfs tmpfs "$d"`, ...devices];
      const inside = shell([...prepare, 'ln -s /proc/self/fd "$d/fd"; mount --rbind "$d" /dev'].join('\n'));
      const [here, there] = [join(folder, 'here.img'), join(folder, 'there.img')];
      expect(await build(there, { inside })).toMatchObject({ status: 0 });
      await build(here);
      expect(sha256(there)).toBe(sha256(here));
    });
  });

  test('a machine without the tools is told what to install', async () => {
    await withFolderAsync(async (folder) => {
      writeFileSync(join(folder, 'nothing'), '');
      const hidden = ['mksquashfs', 'mcopy', 'dtc'].map(
        (name) => `mount --bind ${folder}/nothing "$(command -v ${name})"`,
      );
      const { status, said } = await build(join(folder, 'sparekey.img'), { inside: shell(hidden.join('\n')) });
      expect(status).toBe(1);
      expect(said).toContain('Missing here: mksquashfs, mcopy, dtc.');
      expect(said).toContain('apt-get install squashfs-tools mtools device-tree-compiler');
    });
  });
});
