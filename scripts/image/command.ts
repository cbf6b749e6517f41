import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';

/** A build that cannot go on, for a reason that a person can act on. The message is a full sentence. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

/** Says on standard error why a script failed: in a sentence what a person can act on, all that is known of the rest. */
export const complain =
  (script: string) =>
  (error: unknown): void => {
    const { code, path, stack } = error as NodeJS.ErrnoException;
    const words =
      error instanceof BuildError
        ? error.message
        : code === 'ENOSPC'
          ? `No space left on the disk of ${path ?? 'what is being written'}.`
          : (stack ?? String(error));
    process.stderr.write(`${script}: ${words}\n`);
    process.exitCode = 1;
  };

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
}

/** Administration tools are often outside the PATH of an ordinary user. */
const path = [process.env['PATH'] ?? '', '/usr/sbin', '/sbin'].join(delimiter);

/** The same words and the same clock on every machine: tools that print or store either must not differ. */
const steadyEnvironment = { LC_ALL: 'C.UTF-8', TZ: 'UTC', PATH: path };

/** Runs a command to its end and gives its standard output. Throws with the command's own words when it fails. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { input, ...rest } = options;
  const result = await execa(command, args, {
    ...rest,
    env: { ...steadyEnvironment, ...rest.env },
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    maxBuffer: 256 * 1024 * 1024,
    reject: false,
    stripFinalNewline: false,
  });
  if (result.failed) {
    throw new BuildError(`${result.shortMessage ?? command}\n${result.stderr ?? ''}`.trim(), { cause: result });
  }
  return result.stdout;
}

/** Debian packages that bring the tools a build calls, so that a bare machine is told what to install. */
const packageOfTool: Readonly<Record<string, string>> = {
  'apt-get': 'apt',
  'dpkg-deb': 'dpkg',
  depmod: 'kmod',
  readelf: 'binutils',
  mksquashfs: 'squashfs-tools',
  zstd: 'zstd',
  xz: 'xz-utils',
  sfdisk: 'fdisk',
  'mkfs.vfat': 'dosfstools',
  mcopy: 'mtools',
  dtc: 'device-tree-compiler',
  perl: 'perl-base',
};

/** Names every missing tool at once, with the one command that installs them all. */
export async function requireTools(tools: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const tool of tools) if (!(await isInPath(tool))) missing.push(tool);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => packageOfTool[tool] ?? tool))];
  throw new BuildError(`Missing here: ${missing.join(', ')}. Install with: apt-get install ${packages.join(' ')}`);
}

async function isInPath(tool: string): Promise<boolean> {
  for (const folder of path.split(delimiter)) {
    const found = await access(join(folder, tool), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
