// Fetches a QEMU that knows the Raspberry Pi 4, if this machine's own does not: `node scripts/emulator.ts`. It is
// unpacked below .cache/emulator, where test/support/machine.ts finds it, and runs with its own libraries: nothing
// is installed.
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BuildError, complain, run } from './image/command.ts';
import { AptRoot, findMirrors, programFrom, unpack } from './image/debian.ts';
import { architectures, readNames } from './image/lists.ts';

const repository = resolve(import.meta.dirname, '..');
const program = 'qemu-system-aarch64';
const board = 'raspi4b';

async function main(): Promise<void> {
  const folder = join(repository, '.cache/emulator');
  const launcher = join(folder, program);
  await rm(launcher, { force: true });
  if (await knowsBoard(program)) return;
  const own = (await run('dpkg', ['--print-architecture'])).trim();
  const architecture = architectures.find((each) => each === own);
  if (!architecture) throw new BuildError(`QEMU can be fetched for ${architectures.join(' and ')}, not for ${own}.`);
  const index = join(repository, '.cache/image/apt', architecture);
  await mkdir(index, { recursive: true });
  await mkdir(folder, { recursive: true });
  const apt = new AptRoot(index, architecture, await findMirrors(process.env));
  await apt.update(false);
  say(`this machine’s QEMU does not know ${board}: fetching Debian’s newer one`);
  const names = await readNames(join(repository, 'image/packages/machines.txt'), architecture);
  const root = join(folder, architecture);
  await unpack(await apt.fetchWithDependencies(names), root);
  const [command, ...args] = await programFrom(root, `usr/bin/${program}`);
  const words = [command, ...args, '-L', join(root, 'usr/share/qemu')].map((word) => `'${word}'`);
  await writeFile(`${launcher}.unfinished`, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
  await chmod(`${launcher}.unfinished`, 0o755);
  await run('mv', [`${launcher}.unfinished`, launcher]);
  if (!(await knowsBoard(launcher))) throw new BuildError(`${launcher} does not know ${board} either.`);
}

async function knowsBoard(command: string): Promise<boolean> {
  return run(command, ['-M', 'help']).then(
    (boards) => boards.split('\n').some((line) => line.startsWith(`${board} `)),
    () => false,
  );
}

function say(sentence: string): void {
  process.stderr.write(`emulator: ${sentence}\n`);
}

main().catch(complain('emulator'));
