import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import type { CopySummary, Reading } from '../../src/model/recovery.ts';
import { createSparse } from './disk-image.ts';
import { run } from './tools.ts';

/** What `recover --json` prints. */
export interface ReceiptDocument {
  readonly status: 'done' | 'incomplete';
  readonly reading: Reading;
  readonly summary: Omit<CopySummary, 'stoppedBy'> & { readonly error?: { readonly code: string } };
  readonly proof?: { readonly before: string; readonly after: string };
  readonly error?: { readonly code: string };
}

export interface Ran {
  readonly status: number | null;
  readonly receipt: ReceiptDocument;
  readonly stderr: string;
}

/** The command line, run from source in a process of its own. */
export const sparekey = (args: readonly string[], input = ''): SpawnSyncReturns<Buffer> =>
  spawnSync(process.execPath, ['src/main.ts', ...args], { input, maxBuffer: 1 << 28 });

/** `sparekey recover … --json`. */
export const recover = (source: string, paths: readonly string[], to: string, more: readonly string[] = []): Ran => {
  const args = ['recover', ...paths, '--disk', source, '--to', to, '--json', ...more];
  const { status, stdout, stderr } = sparekey(args);
  const text = stdout.toString();
  return { status, receipt: text === '' ? {} : JSON.parse(text), stderr: stderr.toString() };
};

/** Runs a shell script with an image mounted at `$1`, in a mount namespace that goes away with it. `$2`, … are the arguments. */
export const withMounted = (image: string, options: string, script: string, args: readonly string[] = []): string => {
  const whole = `mount -n -o "$1" "$2" /proc/driver && shift 2 && set -- /proc/driver "$@" && ${script}`;
  return run('unshare', [
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-ec',
    whole,
    'sh',
    `loop,${options}`,
    image,
    ...args,
  ]);
};

export interface FilledOptions {
  readonly sizeMebibytes: number;
  readonly inodes: number;
  /** Python that makes the files; it starts in `folder`. */
  readonly python: string;
  readonly folder: string;
}

/** Makes an ext4 image whose files, too many or too large to be laid down beside it first, are made in it. */
export const createFilledExt = (path: string, { sizeMebibytes, inodes, folder, python }: FilledOptions): string => {
  createSparse(path, sizeMebibytes);
  run('mke2fs', ['-q', '-F', '-t', 'ext4', '-N', String(inodes), path]);
  withMounted(path, 'rw', 'mkdir "$1/$2" && cd "$1/$2" && python3 -c "$3"', [folder, `import os\n${python}`]);
  return path;
};

/** Fails where a copy is not what its manifest says. */
export const checkManifest = (copy: string): void => {
  const check = 'cd "$1" && sha256sum --check --strict --quiet sparekey-manifest.sha256';
  expect(run('sh', ['-c', check, 'sh', copy])).toBe('');
};

/** How a copy differs from a folder of an image, by rsync, find and getfattr; nothing where it does not. A file `hole` is too vast for rsync to read. */
export const differences = (image: string, options: string, path: string, copy: string): string => {
  const script = `
    cd "$1$2"
    rsync -aHAXn --no-owner --no-group --no-devices --no-specials --checksum --delete --itemize-changes \\
      --exclude hole --exclude /.sparekey-recovery --exclude '/sparekey-*' ./ "$3$2/" 2>&1 | grep -v '^skipping non-regular' || true
    list() { find . -mindepth 1 -type f,d,l -not -path './sparekey-*' -not -path './.sparekey-*' -printf '%P|%y|%T@|%l|%n\\n' | sort; }
    attributes() { find . -mindepth 1 -type f,d -not -path './sparekey-*' -not -path './.sparekey-*' -print0 | sort -z | xargs -0 -r getfattr -h -d -m - -- 2>/dev/null | grep -v '^# file' || true; }
    list >/tmp/sparekey-a-$$; (cd "$3$2" && list) | diff /tmp/sparekey-a-$$ - || true
    attributes >/tmp/sparekey-a-$$; (cd "$3$2" && attributes) | diff /tmp/sparekey-a-$$ - || true
    rm /tmp/sparekey-a-$$`;
  return withMounted(image, options, script, [path, copy]).trim();
};
