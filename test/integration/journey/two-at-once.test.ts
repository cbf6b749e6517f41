import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, expect, test } from 'vitest';
import { createVolumeLocks } from '../../../src/host/storage/volume-lock.ts';
import type { Volume } from '../../../src/model/storage.ts';
import { complaintsOf, createExtImage, loopsOver, readWithDebugfs, writeFiles } from '../../support/disk-image.ts';
import { crypt, opensHash } from '../../support/libcrypt.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { run } from '../../support/tools.ts';

/** Altogether; `make test-two-at-once` asks for a thousand. */
const rounds = Number(process.env['SPAREKEY_ROUNDS'] ?? 20);

/** Journals pile up on a volume, and what is to be shown is a race: a fresh one every so often. */
const roundsOnOne = 20;

const at = scratchFolder('two');
const users = ['ann', 'bob'] as const;
const forgotten = crypt('forgotten', '$6$saltsalt$');
const files = {
  'etc/os-release': 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\n',
  'etc/passwd': `root:x:0:0::/root:/bin/sh\n${users.map((user, index) => `${user}:x:${1000 + index}:1000::/home/${user}:/bin/sh\n`).join('')}`,
  'etc/shadow': `root:*:19000:0:99999:7:::\n${users.map((user) => `${user}:${forgotten}:19000:0:99999:7:::\n`).join('')}`,
};

beforeAll(() => {
  createExtImage(at('original.img'), { files });
  writeFiles(at('original'), files);
});

/** Something that two runs are let loose on, under the name that each calls it. */
interface Prey extends Disposable {
  readonly sources: readonly [string, string];
  readonly shadow: () => string;
  readonly complaints: () => string;
}

const freshImage = (name: string): string => {
  copyFileSync(at('original.img'), at(name));
  return at(name);
};

const imagePrey = (): Prey => {
  const image = freshImage('image.img');
  return {
    sources: [image, image],
    shadow: () => readWithDebugfs(image, '/etc/shadow'),
    complaints: () => complaintsOf(image),
    [Symbol.dispose]: () => rmSync(image),
  };
};

const devicePrey = (sourcesOf: (device: string, image: string) => [string, string]): Prey => {
  const image = freshImage('device.img');
  const device = run('losetup', ['--find', '--show', image]).trim();
  return {
    sources: sourcesOf(device, image),
    shadow: () => readWithDebugfs(image, '/etc/shadow'),
    complaints: () => complaintsOf(image),
    [Symbol.dispose]: () => {
      run('losetup', ['--detach', device]);
      rmSync(image);
    },
  };
};

const folderPrey = (): Prey => {
  const folder = at('folder');
  cpSync(at('original'), folder, { recursive: true });
  return {
    sources: [folder, join(folder, 'etc/..')],
    shadow: () => readFileSync(join(folder, 'etc/shadow'), 'utf8'),
    complaints: () => '',
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
};

/** A run for each password that it is given. */
const startRunner = (user: string, source: string) => {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [
    'test/support/racing-runs.ts',
    ...[user, source],
  ]);
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    reset: async (password: string): Promise<string> => {
      child.stdin.write(`${password}\n`);
      return (await lines.next()).value ?? 'ended';
    },
    end: async () => {
      child.stdin.end();
      await once(child, 'close');
    },
  };
};

const opens = (shadow: string, user: string, password: string): boolean =>
  opensHash(password, new RegExp(`^${user}:([^:]*)`, 'm').exec(shadow)?.[1] ?? '');

/** Lets two runs loose on one thing, each with its own account, and asks after each round what stands there. */
const race = async (count: number, prepare: () => Prey): Promise<readonly string[]> => {
  const outcomes: string[] = [];
  for (let begun = 0; begun < count; ) {
    using prey = prepare();
    const runners = users.map((user, index) => startRunner(user, prey.sources[index] ?? ''));
    const current: Record<string, string> = { ann: 'forgotten', bob: 'forgotten' };
    for (let round = 0; round < roundsOnOne && begun < count; round++, begun++) {
      const passwords = users.map((user) => `${user} in round ${round}`);
      const answers = await Promise.all(runners.map(({ reset }, index) => reset(passwords[index] ?? '')));
      const shadow = prey.shadow();
      for (const [index, user] of users.entries()) {
        if (answers[index] === 'done') current[user] = passwords[index] ?? '';
        expect([answers, user, opens(shadow, user, current[user] ?? '')]).toEqual([answers, user, true]);
      }
      outcomes.push(answers.toSorted().join(' '));
    }
    for (const { end } of runners) await end();
    expect(prey.complaints()).toBe('');
  }
  return outcomes;
};

const tally = (outcomes: readonly string[]): string =>
  [...Map.groupBy(outcomes, (outcome) => outcome)].map(([outcome, all]) => `${all.length} × ${outcome}`).join(', ');

test.each([
  ['an image', imagePrey, 0.3],
  ['a device', () => devicePrey((device) => [device, device]), 0.3],
  ['a device and the image below it', () => devicePrey((device, image) => [device, image]), 0.1],
  ['a folder', folderPrey, 0.3],
] as const)(
  'two runs at once on %s: what was said to be done is in place',
  async (name, prepare, share) => {
    const outcomes = await race(Math.round(rounds * share), prepare);
    console.log(`${name}: ${tally(outcomes)}`);
    // Somebody gets through, or else the one keeps the other out and nobody is helped.
    expect(outcomes.filter((outcome) => !outcome.includes('done'))).toEqual([]);
    expect(loopsOver(at('image.img'))).toBe('');
  },
  3 * 3_600_000,
);

const volumeAt = (kind: Volume['kind'], path: string): Volume => ({
  ...{ id: path, diskId: path, selector: path, path, kind, offsetBytes: 0, sizeBytes: 0 },
  ...{ isInUse: false, mountPoints: [], isReadOnly: false, isHibernated: false },
});

/** Whether somebody who asks flock(1) could have the lock. */
const isFree = (path: string): boolean =>
  run('sh', ['-c', 'flock --nonblock "$0" true && echo free || echo taken', path]).trim() === 'free';

test('the lock is on the image below a loop device, and on the device below that; it goes with whoever has it', async () => {
  const image = freshImage('below.img');
  const device = run('losetup', ['--find', '--show', image]).trim();
  const above = run('losetup', ['--find', '--show', '--offset', '0', device]).trim();
  try {
    const locks = createVolumeLocks();
    for (const path of [device, above]) {
      await using _lock = await locks.lock(volumeAt('device', path), () => {});
      expect(isFree(image)).toBe(false);
      expect(await locks.holds(volumeAt('image', image))).toBe(true);
    }
    expect(isFree(image)).toBe(true);
    const program = `
      const { createVolumeLocks } = await import(process.argv[1]);
      globalThis.lock = await createVolumeLocks().lock({ kind: 'image', path: process.argv[2] }, () => {});
      console.log('locked');
      setInterval(() => {}, 1000);`;
    const module = new URL('../../../src/host/storage/volume-lock.ts', import.meta.url).href;
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', program, module, image]);
    await once(holder.stdout, 'data');
    expect(isFree(image)).toBe(false);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(isFree(image)).toBe(true);
  } finally {
    run('losetup', ['--detach', above]);
    run('losetup', ['--detach', device]);
  }
});
