import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { attributesOf } from '../../../src/ext/attributes/attributes.ts';
import { listFolder } from '../../../src/ext/content/folder.ts';
import { readLink } from '../../../src/ext/content/link.ts';
import { piecesOf } from '../../../src/ext/content/pieces.ts';
import type { Finding } from '../../../src/ext/findings.ts';
import { type Inode, readInode, rootInode } from '../../../src/ext/inode.ts';
import { type Opened, type OpenOptions, openExt } from '../../../src/ext/open.ts';
import type { ExtVolume } from '../../../src/ext/volume.ts';
import { filePort } from '../../../src/host/ext/file-port.ts';

/** A name of a tree, as read-tree.py tells it. */
export interface Line {
  readonly path: string;
  readonly kind: Inode['kind'] | 'missing';
  readonly [fact: string]: unknown;
}

/** Opens an image for as long as an action takes. */
export const withExt = <T>(image: string, action: (opened: Opened) => T, options: OpenOptions = {}): T => {
  const descriptor = openSync(image, 'r');
  try {
    const opened = openExt(filePort(descriptor, 0, fstatSync(descriptor).size), options);
    if (opened === undefined) throw new Error(`no ext in ${image}`);
    return action(opened);
  } finally {
    closeSync(descriptor);
  }
};

const sectorBytes = 512;

/** Of a file's content, as read-tree.py makes it: of every sector that is not zeros, and its place. */
export const digestOf = (volume: ExtVolume, inode: Inode): string => {
  const hash = createHash('sha256');
  let rest: { readonly at: number; readonly bytes: Buffer } | undefined;
  const zeros = Buffer.alloc(sectorBytes);
  for (const { startBytes, content, bad } of piecesOf(volume, inode)) {
    if (bad.length > 0) hash.update(`bad ${JSON.stringify(bad)}`);
    if (startBytes % sectorBytes !== 0 || rest !== undefined) throw new Error('a piece in the middle of a sector');
    for (let at = 0; at < content.length; at += sectorBytes) {
      const sector = content.subarray(at, at + sectorBytes);
      if (sector.equals(zeros.subarray(0, sector.length))) continue;
      hash.update(`${startBytes + at}:`).update(sector);
    }
  }
  return hash.digest('hex');
};

const tell = (volume: ExtVolume, path: string, inode: Inode): Line => {
  const { kind, mode, uid, gid, links, modifiedAtNs, changedAtNs, sizeBytes } = inode;
  const attributes = attributesOf(volume, inode).map(({ name, value, isDoubtful }) => [
    name,
    isDoubtful ? 'doubtful' : value.toString('hex'),
  ]);
  return {
    ...{ path, kind, mode, uid, gid, links, mtime: String(modifiedAtNs), ctime: String(changedAtNs) },
    attributes: attributes.sort(([one = ''], [other = '']) => (one < other ? -1 : one > other ? 1 : 0)),
    ...((kind === 'file' || kind === 'symlink') && { size: sizeBytes }),
    ...(kind === 'file' && { content: digestOf(volume, inode) }),
    ...(kind === 'symlink' && { target: readLink(volume, inode) }),
  };
};

/** Everything below the root, by our own reader. */
export const readTree = ({ volume }: Opened): readonly Line[] => {
  const lines: Line[] = [];
  const visited = new Set<number>();
  const todo: { readonly path: string; readonly number: number }[] = [{ path: '.', number: rootInode }];
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { path, number } = next;
    const inode = readInode(volume, number);
    if (inode === undefined) {
      lines.push({ path, kind: 'missing' });
      continue;
    }
    lines.push(tell(volume, path, inode));
    if (inode.kind !== 'directory' || visited.has(number)) continue;
    visited.add(number);
    for (const { entries } of listFolder(volume, inode))
      for (const entry of entries)
        todo.push({ path: path === '.' ? entry.name : `${path}/${entry.name}`, number: entry.inode });
  }
  return lines.sort((one, other) => (one.path < other.path ? -1 : 1));
};

export const readImage = (image: string, options?: OpenOptions) =>
  withExt(
    image,
    (opened): { lines: readonly Line[]; findings: readonly Finding[]; journal: string } => ({
      lines: readTree(opened),
      findings: opened.volume.findings.kept,
      journal: opened.journal,
    }),
    options,
  );
