import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './build/bundle.ts';
import { architectures, injectBinaries } from './build/inject.ts';
import { assertProgramHeaders } from './build/program-headers.ts';

/** node scripts/build.ts: makes dist/sparekey-x64 and dist/sparekey-arm64, unless they are there and current. */

const workFolder = '.cache/build';
const stampFile = join(workFolder, 'stamp.json');
const finalPath = (arch: string): string => join('dist', `sparekey-${arch}`);

/** Whatever decides what the binaries contain: our code, Node, the packers, and how they are called. */
const fingerprint = (code: Uint8Array): string => {
  const hash = createHash('sha256').update(code);
  for (const file of ['scripts/node.txt', 'package-lock.json', 'scripts/build.ts', 'scripts/build/inject.ts']) {
    hash.update(readFileSync(file));
  }
  return hash.digest('hex');
};

/** The fingerprint, and the outputs as they were left: somebody may have replaced or emptied one since. */
const stamp = (code: Uint8Array): string => {
  const outputs = architectures.map((arch) => {
    const { size, mtimeMs } = statSync(finalPath(arch));
    return { arch, size, mtimeMs };
  });
  return JSON.stringify({ fingerprint: fingerprint(code), outputs });
};

const isCurrent = (code: Uint8Array): boolean =>
  existsSync(stampFile) &&
  architectures.every((arch) => existsSync(finalPath(arch))) &&
  readFileSync(stampFile, 'utf8') === stamp(code);

mkdirSync(workFolder, { recursive: true });
const code = await bundle({ entry: 'src/main.ts', output: join(workFolder, 'sparekey.cjs') });
if (!isCurrent(code)) {
  console.log('==> Building the single binaries for x64 and arm64');
  rmSync(stampFile, { force: true });
  const built = await injectBinaries(workFolder, 'sparekey.cjs');
  mkdirSync('dist', { recursive: true });
  for (const { arch, path } of built) {
    assertProgramHeaders(path);
    renameSync(path, finalPath(arch));
  }
  writeFileSync(stampFile, stamp(code));
}
for (const arch of architectures) {
  const megabytes = Math.round(statSync(finalPath(arch)).size / 1e6);
  console.log(`${finalPath(arch)}  ${megabytes} MB`);
}
