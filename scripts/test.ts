import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tally } from '../test/support/tally-reporter.ts';

/**
 * node scripts/test.ts unit integration machine
 * Runs the named vitest projects one after another and ends with one line that counts them all.
 */

const say = (text: string): void => console.log(`\n==> ${text}`);
const failure: Tally = { passed: 0, failed: 1, skipped: [] };

/** @returns the exit status, or why there is none */
const run = (program: string, args: readonly string[]): number | string => {
  const { status, signal, error } = spawnSync(program, args, { stdio: 'inherit' });
  return status ?? error?.message ?? signal ?? 'unknown';
};

const runProject = (project: string, tallyFile: string): Tally => {
  const vitest = [
    ...[
      `SPAREKEY_TALLY=${tallyFile}`,
      `SPAREKEY_IMAGE=${image}`,
      process.execPath,
      'node_modules/vitest/vitest.mjs',
      'run',
    ],
    ...['--config', '.config/vitest.config.ts', '--project', project, '--allowOnly=false'],
  ];
  const needsSudo = project === 'integration' && process.getuid?.() !== 0;
  if (needsSudo) say('The integration tests attach and mount disk images, which takes root: asking sudo.');
  const status = needsSudo ? run('sudo', ['env', ...vitest]) : run('env', vitest);
  try {
    const tally = JSON.parse(readFileSync(tallyFile, 'utf8')) as Tally;
    const isSilentFailure = tally.failed === 0 && (status !== 0 || tally.passed === 0);
    if (!isSilentFailure) return tally;
    console.log(`The ${project} tests counted ${tally.passed} passed and no failure, yet ended with ${status}.`);
    return { ...tally, failed: 1 };
  } catch {
    console.log(`The ${project} tests ended (${status}) before they could be counted.`);
    return failure;
  }
};

/** An image for PCs alone, which is built in a third of the time. */
const image = '.cache/machine/sparekey.img';
const buildImage = ['scripts/image.ts', '--boards', 'pc', '--output', image];

/** What the tests of a project try, and is built before them. */
const builds: Readonly<Record<string, readonly (readonly string[])[]>> = {
  integration: [['scripts/build.ts']],
  machine: [['scripts/build.ts'], buildImage],
};

/** @returns what to count where something could not be built */
const build = (project: string): Tally | undefined => {
  const failed = builds[project]?.find((script) => run(process.execPath, script) !== 0);
  if (failed === undefined) return undefined;
  console.log(`${failed[0]} failed, so the ${project} tests were not run.`);
  return failure;
};

const folder = mkdtempSync(join(tmpdir(), 'sparekey-test-'));
const tallies: Tally[] = [];
try {
  for (const project of process.argv.slice(2)) {
    say(`Running the ${project} tests`);
    tallies.push(build(project) ?? runProject(project, join(folder, `${project}.json`)));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
const skipped = tallies.flatMap((tally) => tally.skipped);
console.log();
for (const { name, why } of skipped) console.log(`skipped: ${name} (${why})`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
