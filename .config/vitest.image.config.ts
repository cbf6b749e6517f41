import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { TallyReporter } from '../test/support/tally-reporter.ts';

const minute = 60_000;

/** The image on emulated machines: minutes each, one machine at a time. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  cacheDir: '.cache/vitest',
  test: {
    name: 'image',
    include: ['test/e2e/*.test.ts'],
    reporters: ['default', new TallyReporter()],
    fileParallelism: false,
    testTimeout: 20 * minute,
    hookTimeout: minute,
  },
});
