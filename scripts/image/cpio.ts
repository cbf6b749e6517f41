import { readFile } from 'node:fs/promises';
import { type Entry, type FileTree, modeOf, sortedEntries } from './tree.ts';

const typeBits = { file: 0o100000, link: 0o120000, folder: 0o040000 } as const;
const characterDevice = 0o020000;

/**
 * Packs a tree as a "newc" cpio archive, the form in which Linux takes its first file system
 * (Documentation/driver-api/early-userspace/buffer-format.rst). Owner is root, every time is `timeSeconds`, inode
 * numbers count up: the same tree gives the same bytes. Files named in `last` stand at the end, in that order.
 */
export async function packCpio(tree: FileTree, timeSeconds: number, last: readonly string[] = []): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let inode = 0;
  const add = (name: string, mode: number, content: Uint8Array, device = [0, 0]) => {
    inode += 1;
    const links = (mode & 0o170000) === typeBits.folder ? 2 : 1;
    const [major = 0, minor = 0] = device;
    const numbers = [inode, mode, 0, 0, links, timeSeconds, content.length, 0, 0, major, minor, name.length + 1, 0];
    const header = `070701${numbers.map((each) => each.toString(16).toUpperCase().padStart(8, '0')).join('')}${name}\0`;
    chunks.push(padded(Buffer.from(header)), padded(Buffer.from(content)));
  };
  // Without a console node the kernel starts our init with no standard output, and its first words are lost.
  add('dev', typeBits.folder | 0o755, Buffer.alloc(0));
  add('dev/console', characterDevice | 0o600, Buffer.alloc(0), [5, 1]);
  const entries = sortedEntries(tree);
  const isLast = ([path]: readonly [string, Entry]) => last.includes(path);
  const ending = last.flatMap((path) => entries.filter(([name]) => name === path));
  for (const [path, entry] of [...entries.filter((each) => !isLast(each)), ...ending]) {
    add(path, typeBits[entry.kind] | modeOf(entry), await contentOf(entry));
  }
  inode = -1;
  add('TRAILER!!!', 0, Buffer.alloc(0));
  return Buffer.concat(chunks);
}

async function contentOf(entry: Entry): Promise<Uint8Array> {
  if (entry.kind === 'folder') return Buffer.alloc(0);
  if (entry.kind === 'link') return Buffer.from(entry.target);
  return typeof entry.source === 'string' ? readFile(entry.source) : entry.source;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
