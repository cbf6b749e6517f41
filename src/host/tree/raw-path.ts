import { decodeBytes, encodeBytes } from '../../formats/bytes.ts';
import type { TreePath } from '../../model/tree.ts';

/**
 * A name or relative path in which each character stands for one byte (Latin-1). It is what the copying threads work
 * with: a million names are cheaper as short strings than as Buffers, and no byte is lost. The root is the empty string.
 */
export type RawPath = string;

const beyondAscii = /[\x80-\xff]/;

/** What node:fs takes: it would encode a string as UTF-8. */
export const native = (path: RawPath): string | Buffer => (beyondAscii.test(path) ? Buffer.from(path, 'latin1') : path);

/** A path of a tree, without its leading slash, as bytes. */
export const rawOf = (path: TreePath): RawPath => Buffer.from(encodeBytes(path)).toString('latin1').replace(/^\/+/, '');

/** A relative path as text for people and documents; bytes that are not UTF-8 become lone surrogates. */
export const textOf = (path: RawPath): string =>
  beyondAscii.test(path) ? decodeBytes(Buffer.from(path, 'latin1')) : path;

export const joinRaw = (folder: RawPath, name: RawPath): RawPath => (folder === '' ? name : `${folder}/${name}`);

export const parentOfRaw = (path: RawPath): RawPath => path.slice(0, Math.max(0, path.lastIndexOf('/')));

export const nameOfRaw = (path: RawPath): RawPath => path.slice(path.lastIndexOf('/') + 1);

/** An open folder, as a path that all threads of this process can use; the kernel follows it straight to the folder. */
export const descriptorPath = (descriptor: number): OpenFolderPath => `/proc/self/fd/${descriptor}`;

/** An open folder's path; that of an open file looks the same. */
export type OpenFolderPath = `/proc/self/fd/${number}`;
