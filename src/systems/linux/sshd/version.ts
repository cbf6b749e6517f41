import { decodeBytes } from '../../../formats/bytes.ts';
import type { SshVersion } from '../../../formats/sshd-config.ts';
import type { Tree, TreePath } from '../../../model/tree.ts';
import { readIfPossible } from '../../look.ts';
import { join } from '../../paths.ts';

/** An OpenSSH server that is installed. */
export interface SshdProgram {
  readonly path: TreePath;
  /** What it calls itself, `OpenSSH_9.2p1 Debian-2`; undefined where the program does not say. */
  readonly release: string | undefined;
  readonly version: SshVersion | undefined;
}

/** Whether it was built by Debian or a child of Debian's, with Debian's own changes. */
export const isDebians = (program: SshdProgram | undefined): boolean =>
  / (Debian|Ubuntu|Raspbian)-/.test(program?.release ?? '');

/** Where systems put it: the last is where /usr/sbin is gone (Arch, Fedora 42). */
const places = ['usr/sbin/sshd', 'sbin/sshd', 'usr/bin/sshd'];
const programLimitBytes = 16 << 20;

/** The server, if there is one. Its release stands in the program itself, whatever the distribution. */
export const readSshdProgram = async (tree: Tree, home: TreePath): Promise<SshdProgram | undefined> => {
  for (const place of places) {
    const path = join(home, place);
    const bytes = await readIfPossible(tree, path, programLimitBytes);
    if (bytes) return { path, ...releaseIn(bytes) };
  }
  return undefined;
};

const longestRelease = 60;

const releaseIn = (bytes: Uint8Array): Pick<SshdProgram, 'release' | 'version'> => {
  const mark = 'OpenSSH_';
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let release: string | undefined;
  for (let at = buffer.indexOf(mark); at >= 0; at = buffer.indexOf(mark, at + 1)) {
    const text = decodeBytes(bytes.subarray(at, at + longestRelease)).split('\0', 1)[0] ?? '';
    // Lists of old clients that need special treatment stand there too: `OpenSSH_5*,OpenSSH_6.6*`.
    if (!/^OpenSSH_\d+\.\d+p\d+( [\w.+~-]+)?$/.test(text)) continue;
    if (release === undefined || text.length > release.length) release = text;
  }
  const [, major, minor] = /^OpenSSH_(\d+)\.(\d+)/.exec(release ?? '') ?? [];
  return { release, version: major === undefined ? undefined : Number(major) * 100 + Number(minor) };
};
