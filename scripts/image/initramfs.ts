import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run } from './command.ts';
import { packCpio } from './cpio.ts';
import { loadOrder, openModules } from './modules.ts';
import type { Parts } from './system.ts';
import { addFolder, addText, type FileTree } from './tree.ts';

/** What the kernel needs before it can read the system: loop devices, the system's own format, a writable layer. */
const firstModules = ['loop', 'squashfs', 'overlay'];
const commands = [
  'sh',
  'cat',
  'echo',
  'insmod',
  'mkdir',
  'mount',
  'stat',
  'switch_root',
  'ls',
  'dmesg',
  'reboot',
  'poweroff',
];

/**
 * Wraps a system squashfs into the archive that the boot loader hands to the kernel. It is not compressed again. An
 * empty file stands last: if it is there after unpacking, everything is.
 */
export async function buildInitramfs(parts: Parts, system: string, output: string): Promise<void> {
  const tree: FileTree = new Map();
  await addFolder(tree, join(parts.declarations, 'initramfs'));
  const busybox = join(parts.system.folder, 'usr/bin/busybox');
  tree.set('bin/busybox', { kind: 'file', source: busybox, isExecutable: true });
  for (const command of commands) tree.set(`bin/${command}`, { kind: 'link', target: 'busybox' });
  for (const folder of ['proc', 'sys', 'root', 'system', 'writable']) tree.set(folder, { kind: 'folder' });

  const store = await openModules(parts.kernel.folder);
  const order = loadOrder(store, firstModules);
  for (const path of order) addText(tree, `modules/${plainName(path)}`, await readModule(join(store.folder, path)));
  addText(tree, 'modules/order', `${order.map(plainName).join('\n')}\n`);

  tree.set('system.squashfs', { kind: 'file', source: system, isExecutable: false });
  addText(tree, 'unpacked', '');
  await writeFile(output, await packCpio(tree, parts.timeSeconds, ['system.squashfs', 'unpacked']));
}

function plainName(path: string): string {
  return basename(path).replace(/\.xz$/, '');
}

/** The bytes of a module, unpacked: nothing that early can unpack it. */
async function readModule(path: string): Promise<Uint8Array> {
  if (!path.endsWith('.xz')) return readFile(path);
  const unpacked = `${path}.unpacked`;
  await run('sh', ['-c', 'xz --decompress --stdout "$1" >"$2"', 'sh', path, unpacked]);
  try {
    return await readFile(unpacked);
  } finally {
    await run('rm', ['-f', unpacked]);
  }
}
