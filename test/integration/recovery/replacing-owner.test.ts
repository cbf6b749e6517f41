import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runOn } from '../../support/prepared-folder.ts';
import { scratchFolder } from '../../support/scratch.ts';

/**
 * The target belongs to another user, who replaces finished folders and files by links while the copy goes on. `make
 * test-race` tries it 200 times.
 */

const runs = Number(process.env['SPAREKEY_RACES'] ?? 12);
const at = scratchFolder('replacing');
const folders = 24;
const filesEach = 150;

const source = at('source');
for (let folder = 0; folder < folders; folder++) {
  mkdirSync(join(source, `d${folder}/inner`), { recursive: true });
  chmodSync(join(source, `d${folder}`), 0o777);
  for (let file = 0; file < filesEach; file++) {
    writeFileSync(join(source, `d${folder}/f${file}`), 'foreign', { mode: 0o666 });
    writeFileSync(join(source, `d${folder}/inner/f${file}`), 'foreign', { mode: 0o666 });
  }
}
for (let file = 0; file < filesEach; file++) {
  writeFileSync(join(source, `f${file}`), 'foreign', { mode: 0o666 });
  chmodSync(join(source, `f${file}`), 0o666);
  chownSync(join(source, `f${file}`), 12345, 12345);
}

/** What the links of the target's owner lead to. */
const fillOutside = (outside: string): void => {
  for (let folder = 0; folder < folders; folder++) mkdirSync(join(outside, `d${folder}/inner`), { recursive: true });
  writeFileSync(join(outside, 'secret'), 'of the rescuer', { mode: 0o600 });
  utimesSync(join(outside, 'secret'), 1, 1);
};

/** Everything in a folder, with what could have been done to it. */
const describe = (folder: string): readonly string[] =>
  [folder, ...readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)))].map((path) => {
    const { mode, uid, mtimeMs, size, nlink } = lstatSync(path);
    return [path, mode.toString(8), uid, mtimeMs, size, nlink].join(' ');
  });

test(`in ${runs} copies no file of the rescuer is made, changed or given away`, {
  timeout: runs * 60_000,
}, async () => {
  // So that the other user's links lead to the rescuer's files.
  chmodSync(at('.'), 0o755);
  let replaced = 0;
  let escaped = 0;
  for (let run = 0; run < runs; run++) {
    const outside = at(`outside-${run}`);
    fillOutside(outside);
    const before = describe(outside);
    const to = at(`to-${run}`);
    mkdirSync(to);
    chownSync(to, 12345, 12345);
    const owner = spawn('python3', ['test/support/replacing-owner.py', to, outside], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(owner.stdout, 'data');
    const { status } = runOn(['recover', '/', '--disk', source, '--to', to, ...(run % 2 === 0 ? [] : ['--owners'])]);
    owner.kill('SIGKILL');
    await once(owner, 'close');
    expect(status).not.toBeNull();
    if (describe(outside).join('\n') !== before.join('\n')) escaped += 1;
    replaced += readdirSync(to).filter((name) => name.endsWith('.moved')).length;
    for (const folder of [to, outside]) rmSync(folder, { recursive: true });
  }
  expect(`${escaped} of ${runs}`).toBe(`0 of ${runs}`);
  expect(replaced).toBeGreaterThan(runs);
});
