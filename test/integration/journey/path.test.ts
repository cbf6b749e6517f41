import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../support/scratch.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const at = scratchFolder('path');

test.each(['.', '', 'bin', './bin:'])('a program is never taken from PATH=%j, which is anybody’s folder', (path) => {
  // What clone starts; the system's own is hidden.
  const folder = at('');
  mkdirSync(at('bin'), { recursive: true });
  for (const planted of ['ddrescue', 'bin/ddrescue'])
    writeFileSync(at(planted), `#!/bin/sh\ntouch '${at('was-run')}'\n`, { mode: 0o755 });
  writeFileSync(at('card'), 'x'.repeat(4096));
  const hide =
    'for d in /usr/bin /bin /usr/sbin /sbin; do [ -e $d/ddrescue ] && mount --bind /dev/null $d/ddrescue; done';
  const command = `${hide}; cd '${folder}' && exec '${process.execPath}' '${main}' clone card copy.img --yes`;
  const { stderr } = spawnSync('unshare', ['--mount', '/bin/sh', '-c', command], {
    env: { PATH: `${path}:/usr/sbin:/usr/bin:/sbin:/bin`, LANG: 'C' },
    encoding: 'utf8',
  });
  expect(existsSync(at('was-run'))).toBe(false);
  expect(stderr).toContain('ddrescue');
});
