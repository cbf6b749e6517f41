// Makes what is published: `node scripts/release.ts` packs dist/sparekey.img and the binaries into dist/release/.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { formatBmap, usedBlocks } from './image/bmap.ts';
import { BuildError, complain, requireTools, run } from './image/command.ts';

const repository = resolve(import.meta.dirname, '..');

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { dist: { type: 'string', default: join(repository, 'dist') } } });
  await requireTools(['zstd', 'xz', 'mcopy']);
  const image = join(values.dist, 'sparekey.img');
  const handle = await open(image).catch(() => {
    throw new BuildError(`${image} is not there yet: run "make image" first.`);
  });
  await handle.close();
  const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
  const release = join(values.dist, 'release');
  const unfinished = `${release}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const name = join(unfinished, `sparekey-${version}`);
  say('packing the image');
  // One thread: with several, xz and zstd cut the data differently on machines with more processors.
  await run('zstd', ['-q', '-19', '--long=27', '--single-thread', image, '-o', `${name}.img.zst`]);
  await run('sh', ['-c', 'xz -6 --threads=1 --stdout "$1" >"$2"', 'sh', image, `${name}.img.xz`]);
  await writeFile(`${name}.img.bmap`, await formatBmap(image, await usedBlocks(image)));
  await copyFile(join(values.dist, 'sparekey.spdx.json'), `${name}.spdx.json`);
  await run('mcopy', ['-n', '-i', `${image}@@1M`, '::/licences/THIRD-PARTY.txt', `${name}-THIRD-PARTY.txt`]);
  for (const binary of ['sparekey-x64', 'sparekey-arm64'])
    await copyFile(join(values.dist, binary), join(unfinished, binary));
  await writeFile(join(unfinished, 'SHA256SUMS'), await checksums(unfinished));
  await rm(release, { recursive: true, force: true });
  await rename(unfinished, release);
  say(`${release} is ready`);
}

/** Lines that `sha256sum --check` reads. */
async function checksums(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(folder, name)), hash);
    lines.push(`${hash.digest('hex')}  ${name}\n`);
  }
  return lines.join('');
}

function say(sentence: string): void {
  process.stderr.write(`release: ${sentence}\n`);
}

main().catch(complain('release'));
