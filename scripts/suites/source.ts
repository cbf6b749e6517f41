import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BuildError, run } from '../image/command.ts';
import { findMirrors } from '../image/debian.ts';

const folder = '.cache/suites';

const sha256Of = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/**
 * Fetches a source package of sources.txt by apt's own downloader, from the mirror that this machine uses, and unpacks
 * it. Nothing of it is kept in the repository.
 * @returns the folder that it is in
 */
export const fetchSource = async (name: string): Promise<string> => {
  const lines = readFileSync('scripts/suites/sources.txt', 'utf8').split('\n');
  const [, path, sha256] = lines.find((line) => line.startsWith(`${name} `))?.split(/\s+/) ?? [];
  if (path === undefined || sha256 === undefined) throw new BuildError(`scripts/suites/sources.txt has no ${name}.`);
  const archive = join(folder, basename(path));
  const unpacked = join(folder, basename(path).replace(/\.orig\.tar\..*$/, ''));
  if (existsSync(unpacked)) return unpacked;
  mkdirSync(folder, { recursive: true });
  const { main } = await findMirrors(process.env);
  const address = `${main.replace(/\/$/, '')}/pool/${path}`;
  if (!existsSync(archive) || sha256Of(archive) !== sha256)
    await run('/usr/lib/apt/apt-helper', ['download-file', address, archive, `SHA256:${sha256}`]);
  if (sha256Of(archive) !== sha256) throw new BuildError(`${address} is not what sources.txt pins.`);
  const growing = `${unpacked}.new`;
  rmSync(growing, { recursive: true, force: true });
  mkdirSync(growing);
  await run('tar', ['--extract', '--file', archive, '--directory', growing, '--strip-components=1']);
  renameSync(growing, unpacked);
  return unpacked;
};
