import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { crypt, opensHash } from '../../support/libcrypt.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { resetArgs, sparekey, sparekeyJson } from '../../support/sparekey.ts';

const at = scratchFolder('unlisted');
const hash = crypt('forgotten', '$6$saltsalt$');

/** A Container Linux: its `core` has uid 500, and login.defs says nothing of it (coreos-overlay#639). */
const containerLinux = (name: string): string => {
  const root = at(name);
  mkdirSync(join(root, 'etc'), { recursive: true });
  const write = (file: string, text: string) => writeFileSync(join(root, 'etc', file), text);
  write('os-release', 'NAME="Flatcar Container Linux"\nID=flatcar\nVERSION_ID=4230.2.0\n');
  write(
    'passwd',
    `${[
      'root:x:0:0:root:/root:/bin/bash',
      'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
      'core:x:500:500:CoreOS Admin:/home/core:/bin/bash',
      'ann:x:1000:1000::/home/ann:/bin/bash',
      'eve:x:70000:70000::/home/eve:/bin/bash',
      'Core:x:501:501::/home/Core:/bin/bash',
    ].join('\n')}\n`,
  );
  write(
    'shadow',
    `root:*:19000::::::\ndaemon:*:19000::::::\ncore:${hash}:19000::::::\nann:${hash}:19000::::::\neve:${hash}:19000::::::\nCore:${hash}:19000::::::\n`,
  );
  return root;
};

const hashOf = (root: string, name: string): string =>
  readFileSync(join(root, 'etc/shadow'), 'utf8').match(new RegExp(`^${name}:([^:]*):`, 'm'))?.[1] ?? '';

test.each(['core', 'eve'])('%s, whose user id is no ordinary person’s, is found under its exact name', (name) => {
  const root = containerLinux(`reset-${name}`);
  const { exitCode, stderr } = sparekey(resetArgs(root, name), 'brand new\n');
  expect(stderr).not.toContain('There is no account');
  expect(exitCode).toBe(0);
  expect(opensHash('brand new', hashOf(root, name))).toBe(true);
  for (const other of ['ann', 'Core'].filter((each) => each !== name)) expect(hashOf(root, other)).toBe(hash);
});

test('only people are listed, and offered after a wrong name', () => {
  const root = containerLinux('listed');
  const { document } = sparekeyJson(['scan', '--disk', root]);
  expect(document.systems[0].accounts.map(({ name }: { name: string }) => name)).toEqual(['root', 'ann']);
  const { exitCode, stderr } = sparekey(resetArgs(root, 'cor'), 'brand new\n');
  expect(exitCode).toBe(4);
  expect(stderr).toContain('root');
  expect(stderr).not.toContain('daemon');
});

test('an account of a service keeps its lock until that is lifted, and is said to have no shell', () => {
  const root = containerLinux('service');
  const refused = sparekey(resetArgs(root, 'daemon'), 'brand new\n');
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain('--unlock');
  expect(hashOf(root, 'daemon')).toBe('*');
  const { exitCode, stderr } = sparekey([...resetArgs(root, 'daemon'), '--unlock'], 'brand new\n');
  expect(exitCode).toBe(0);
  expect(stderr).toContain('no login shell');
  expect(opensHash('brand new', hashOf(root, 'daemon'))).toBe(true);
});
