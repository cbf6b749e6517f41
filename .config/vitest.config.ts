import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { TallyReporter } from '../test/support/tally-reporter.ts';

const minute = 60_000;

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    cache: false,
    reporters: ['default', new TallyReporter()],
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: minute } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          // One file after another: a machine has few loop devices, and two tests that mount would see each other's.
          fileParallelism: false,
          testTimeout: 10 * minute,
          hookTimeout: 20 * minute,
          teardownTimeout: minute,
        },
      },
      {
        extends: true,
        test: {
          name: 'machine',
          include: ['test/e2e/quick.test.ts'],
          fileParallelism: false,
          testTimeout: 20 * minute,
        },
      },
    ],
  },
});
