import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { TallyReporter } from '../test/support/tally-reporter.ts';

const minute = 60_000;

/** Systems inside of RAIDs, volume groups and encrypted volumes, each in a guest of our own image: minutes each. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  cacheDir: '.cache/vitest',
  test: {
    name: 'stacks',
    include: ['test/e2e/stacks/*.test.ts'],
    reporters: ['default', new TallyReporter()],
    fileParallelism: false,
    testTimeout: 40 * minute,
    hookTimeout: 60 * minute,
  },
});
