import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tally } from '../test/support/tally-reporter.ts';

/**
 * node scripts/test.ts unit integration
 * Runs the named vitest projects one after another and ends with one line that counts them all.
 */

const say = (text: string): void => console.log(`\n==> ${text}`);

/** Real disks need root: losetup, mount, chown. */
const command = (project: string, tallyFile: string): readonly string[] => {
  const vitest = [
    ...['env', `SPAREKEY_TALLY=${tallyFile}`, process.execPath, 'node_modules/vitest/vitest.mjs', 'run'],
    ...['--config', '.config/vitest.config.ts', '--project', project, '--allowOnly=false', '--passWithNoTests'],
  ];
  if (project !== 'integration' || process.getuid?.() === 0) return vitest;
  say('The integration tests attach and mount disk images, which takes root: asking sudo.');
  return ['sudo', ...vitest];
};

const run = (project: string, folder: string): Tally => {
  const tallyFile = join(folder, `${project}.json`);
  const [program = 'env', ...args] = command(project, tallyFile);
  const { status, error } = spawnSync(program, args, { stdio: 'inherit' });
  try {
    const tally = JSON.parse(readFileSync(tallyFile, 'utf8')) as Tally;
    return status === 0 || tally.failed > 0 ? tally : { ...tally, failed: 1 };
  } catch {
    console.log(`The ${project} tests ended before they could be counted (${error?.message ?? `exit ${status}`}).`);
    return { passed: 0, failed: 1, skipped: [] };
  }
};

const folder = mkdtempSync(join(tmpdir(), 'sparekey-test-'));
const tallies: Tally[] = [];
try {
  for (const project of process.argv.slice(2)) {
    say(`Running the ${project} tests`);
    tallies.push(run(project, folder));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
const skipped = tallies.flatMap((tally) => tally.skipped);
console.log();
for (const { name, why } of skipped) console.log(`skipped: ${name} (${why})`);
if (passed + failed === 0) console.log('No test ran at all, which is a failure.');
console.log(`${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
