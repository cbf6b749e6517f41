import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule, TestRunEndReason } from 'vitest/node';

/** What a run of vitest came to; scripts/test.ts adds several of them up. */
export interface Tally {
  readonly passed: number;
  /** Tests that failed, and with them files that could not be loaded and errors outside of any test. */
  readonly failed: number;
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
}

/** Writes the tally as JSON to the file that SPAREKEY_TALLY names; without it (vitest run by hand) does nothing. */
export class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[], reason: TestRunEndReason): void {
    const file = process.env.SPAREKEY_TALLY;
    if (file === undefined) return;
    const interrupted = reason === 'interrupted' ? 1 : 0;
    const tallies = modules.map(tallyModule);
    const tally: Tally = {
      passed: tallies.reduce((sum, each) => sum + each.passed, 0),
      failed: tallies.reduce((sum, each) => sum + each.failed, unhandled.length + interrupted),
      skipped: tallies.flatMap((each) => each.skipped),
    };
    writeFileSync(file, JSON.stringify(tally));
  }
}

const tallyModule = (module: TestModule): Tally => {
  const tests = [...module.children.allTests()];
  const results = tests.map((test) => ({ name: test.fullName, result: test.result() }));
  const failedTests = results.filter(({ result }) => result.state === 'failed' || result.state === 'pending').length;
  // A file that does not load, or a hook that throws, has no failing test to show for it.
  const isBroken = module.state() === 'failed' && failedTests === 0;
  return {
    passed: results.filter(({ result }) => result.state === 'passed').length,
    failed: failedTests + (isBroken ? 1 : 0),
    skipped: results.flatMap(({ name, result }) =>
      result.state === 'skipped'
        ? [{ name: `${module.relativeModuleId} > ${name}`, why: result.note ?? 'no reason given' }]
        : [],
    ),
  };
};
