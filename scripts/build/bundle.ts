import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

export interface BundleJob {
  readonly entry: string;
  readonly output: string;
}

/** Writes the program as one CommonJS file, the form that a single executable can carry, and returns its bytes. */
export const bundle = async ({ entry, output }: BundleJob): Promise<Uint8Array> => {
  await build({
    entryPoints: [entry],
    outfile: output,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    // Some packages hide their require() in a wrapper that no bundler sees through, and have a plain ESM side as well.
    mainFields: ['module', 'main'],
    // import() stays lazy, but as require(): a single executable has no loader for import().
    supported: { 'dynamic-import': false },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    charset: 'utf8',
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
  });
  return readFileSync(output);
};
