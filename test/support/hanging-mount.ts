import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * node test/support/hanging-mount.ts WORD ARGUMENTS…: Sparekey, on a machine where mounting anything with that word in
 * its path never comes to an end, as with a disk that dies. mount(8) is another program in a mount namespace of its own.
 */
const [word = '', ...args] = process.argv.slice(2);
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sparekey-hanging-'));
const mount = execFileSync('sh', ['-c', 'readlink -f "$(command -v mount)"']).toString().trim();
const [real, hanging] = [join(folder, 'mount'), join(folder, 'hanging')];
copyFileSync(mount, real);
writeFileSync(hanging, `#!/bin/sh\ncase "$*" in *${word}*) exec sleep 7777;; esac\nexec ${real} "$@"\n`);
for (const path of [real, hanging]) chmodSync(path, 0o755);
const script = `${real} --bind ${hanging} ${mount} && exec "$@"`;
const { status } = spawnSync('unshare', ['--mount', 'sh', '-c', script, 'sh', process.execPath, main, ...args], {
  stdio: 'inherit',
});
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
