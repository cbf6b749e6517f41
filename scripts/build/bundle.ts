import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, build, transform } from 'esbuild';

/** The program in the form that a single executable can carry; paths of CommonJS files. */
export interface Bundle {
  readonly launcher: string;
  readonly pieces: readonly string[];
}

const settings = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node24',
  // Some packages hide their require() in a wrapper that no bundler sees through, and have a plain ESM side as well.
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // One byte a character: Node takes such a source as it is.
  charset: 'ascii',
  logLevel: 'warning',
} satisfies BuildOptions;

/** A thread's program as text: a single executable has no second file that a thread could be started from. */
const bundleThread = async (entry: string): Promise<string> => {
  const { outputFiles } = await build({ ...settings, entryPoints: [entry], write: false });
  return outputFiles.map(({ text }) => text).join('');
};

/** A piece as CommonJS. import() stays lazy, but as require(): code that is compiled by hand has no loader for it. */
const toCommonJs = async (esm: string): Promise<string> => {
  const { platform, format, target, minifySyntax, minifyWhitespace, charset } = settings;
  const options = { platform, format, target, minifySyntax, minifyWhitespace, charset } as const;
  return (await transform(esm, { ...options, supported: { 'dynamic-import': false } })).code;
};

/** Cuts the program into pieces at every import(), and writes them and their launcher into the folder, emptied first. */
export const bundle = async (entry: string, folder: string): Promise<Bundle> => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const launcher = join(folder, 'launcher.cjs');
  await build({ ...settings, entryPoints: ['scripts/build/launcher.ts'], outfile: launcher });

  const copier = await bundleThread('src/host/recovery/copier.ts');
  const { outputFiles } = await build({
    ...settings,
    entryPoints: [entry],
    outdir: folder,
    // esbuild cuts nothing but ESM.
    format: 'esm',
    splitting: true,
    write: false,
    define: { 'import.meta.url': 'importMetaUrl', COPIER_PROGRAM: JSON.stringify(copier) },
  });
  const pieces = outputFiles.map(async ({ path, text }) => {
    const piece = join(folder, basename(path));
    writeFileSync(piece, await toCommonJs(text));
    return piece;
  });
  return { launcher, pieces: await Promise.all(pieces) };
};
