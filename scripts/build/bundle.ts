import { readFileSync } from 'node:fs';
import { type BuildOptions, build } from 'esbuild';

export interface BundleJob {
  readonly entry: string;
  readonly output: string;
}

const settings = {
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
  // One byte a character: Node takes such a source as it is, some milliseconds sooner.
  charset: 'ascii',
  logLevel: 'warning',
} satisfies BuildOptions;

/** A thread's program as text: a single executable has no second file that a thread could be started from. */
const bundleThread = async (entry: string): Promise<string> => {
  const { outputFiles } = await build({ ...settings, entryPoints: [entry], write: false });
  return outputFiles.map(({ text }) => text).join('');
};

/** Writes the program as one CommonJS file, the form that a single executable can carry, and returns its bytes. */
export const bundle = async ({ entry, output }: BundleJob): Promise<Uint8Array> => {
  const copier = await bundleThread('src/host/recovery/copy/copier.ts');
  const extReader = await bundleThread('src/host/recovery/ext/reader-thread.ts');
  await build({
    ...settings,
    entryPoints: [entry],
    outfile: output,
    define: {
      'import.meta.url': 'importMetaUrl',
      COPIER_PROGRAM: JSON.stringify(copier),
      EXT_READER_PROGRAM: JSON.stringify(extReader),
    },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  return readFileSync(output);
};
