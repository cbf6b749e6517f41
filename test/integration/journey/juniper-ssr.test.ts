import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createExtImage, sha256 } from '../../support/disk-image.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { sparekey, sparekeyJson } from '../../support/sparekey.ts';

/** A Session Smart Router on a disk: what would be lost is refused, and what remains to do on it is printed. */

const at = scratchFolder('juniper-ssr');
const fixture = join(import.meta.dirname, '../../fixtures/trees/juniper-ssr');

const createDisk = (name: string): string => {
  const paths = readdirSync(fixture, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const files = Object.fromEntries(paths.map((path) => [path.slice(fixture.length + 1), readFileSync(path, 'utf8')]));
  return createExtImage(at(name), { files });
};

test('recognised; the router’s own user is refused and nothing written; t128 gets in, with the steps that remain', () => {
  const image = createDisk('ssr.img');
  const { document: found } = sparekeyJson(['scan', '--disk', image]);
  expect(found.systems).toMatchObject([
    { profile: 'juniper-ssr', name: 'Juniper Session Smart Router (branch-7, branch-7-a)' },
  ]);
  const before = sha256(image);
  const order = (user: string) => ['reset-password', '--disk', image, '--user', user, '--password-file', '-', '--yes'];
  for (const user of ['admin', 'nightly']) {
    const refused = sparekey(order(user), 'a new one\n');
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain(`sudo passwd ${user}`);
    expect(refused.stderr).toContain('branch-7-a, branch-7-b');
  }
  expect(sha256(image)).toBe(before);
  const done = sparekey(order('t128'), 'a new one\n');
  expect(done.exitCode).toBe(0);
  expect(done.stderr).toContain('3. Make it last: sudo su admin, and there: set password.');
  expect(done.stdout).toContain('  console: open');
  // Root gets in at the console alone, and that is said before.
  const root = sparekey([...order('root').slice(0, -1), '--dry-run'], 'a new one\n');
  expect(root.stdout).toContain(
    'SSH with password: shut. The SSH server’s configuration says for “root”: PermitRootLogin no',
  );
});
