import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { dumpBy, type Listing, listFolder, listMounted } from './listing.ts';

/** What came of one image. */
export interface Verdict {
  readonly name: string;
  /** `whole`: exit 0. `told`: something is missing, and was told. `refused`: nothing was copied. */
  readonly ending: 'whole' | 'told' | 'refused';
  readonly files: number;
  /** Sentences, each of a fault of ours; none where all is right. */
  readonly faults: readonly string[];
}

interface Receipt {
  readonly status?: string;
  readonly error?: { readonly code: string };
  readonly summary?: {
    readonly problems: readonly { readonly kind: string; readonly path?: string }[];
    readonly problemCounts: Readonly<Record<string, number>>;
  };
}

const sparekey = `dist/sparekey-${process.arch}`;

/** A folder of the image that is told of stands for what is in it. */
const isTold = (path: string, told: ReadonlySet<string>): boolean => {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    if (told.has(at)) return true;
    if (at === '') return false;
  }
};

const faultsOf = (
  ending: Verdict['ending'],
  receipt: Receipt,
  ours: Listing,
  kernel: Listing | undefined,
  dumped: Listing,
): readonly string[] => {
  const faults: string[] = [];
  const judge = (path: string) => kernel?.digests.get(path) ?? dumped.digests.get(path);
  for (const [path, digest] of ours.digests) {
    if (path.endsWith('.incomplete') && kernel?.kinds.get(path) === undefined) continue;
    const expected = judge(path);
    // What the kernel finds and cannot read is no better read by debugfs, which believes wrong checksums.
    const isRefused = kernel?.kinds.get(path) === 'f' && !kernel.digests.has(path) && !kernel.unfound.has(path);
    if (isRefused) faults.push(`vouched for what the kernel refuses to read: ${path}`);
    else if (expected === undefined) faults.push(`nobody else finds: ${path}`);
    else if (expected !== digest) faults.push(`wrong bytes: ${path}`);
  }
  for (const [path, target] of ours.targets) {
    const expected = kernel?.targets.get(path) ?? dumped.targets.get(path);
    if (expected !== target) faults.push(`leads elsewhere: ${path}`);
  }
  const told = new Set(
    (receipt.summary?.problems ?? []).flatMap(({ path }) =>
      path === undefined ? [] : [Buffer.from(path.replace(/^\/+/, '')).toString('latin1')],
    ),
  );
  const listed = new Map([...dumped.kinds, ...(kernel?.kinds ?? [])]);
  for (const path of listed.keys()) {
    if (ours.kinds.has(path) || ours.kinds.has(`${path}.incomplete`)) continue;
    if (ending === 'whole') faults.push(`missing, with exit 0: ${path}`);
    else if (kernel?.digests.has(path)) faults.push(`the kernel reads it, and we do not: ${path}`);
    else if (ending === 'told' && !isTold(path, told)) faults.push(`missing and not told: ${path}`);
  }
  if (ending === 'refused' && kernel !== undefined)
    faults.push(`refused (${receipt.error?.code}), and the kernel mounts it`);
  return faults;
};

const tryImage = (name: string, image: string, work: string): Verdict => {
  const to = join(work, 'copy');
  const dump = join(work, 'dump');
  mkdirSync(dump);
  const before = readFileSync(image);
  try {
    const { stdout, status, stderr } = spawnSync(sparekey, ['recover', '/', '--disk', image, '--to', to, '--json'], {
      maxBuffer: 1 << 28,
      timeout: 600_000,
      killSignal: 'SIGKILL',
    });
    const receipt: Receipt = stdout.length > 0 ? JSON.parse(stdout.toString()) : {};
    const ours = listFolder(to);
    const ending = status === 0 ? 'whole' : receipt.summary === undefined ? 'refused' : 'told';
    const faults = [...faultsOf(ending, receipt, ours, listMounted(image), dumpBy(image, dump).listing)];
    if (status === null || status > 4) faults.push(`ended with ${status}: ${stderr.toString().slice(-300)}`);
    if (!readFileSync(image).equals(before)) faults.push('the image was changed');
    return { name, ending, files: ours.digests.size, faults };
  } finally {
    for (const folder of [to, dump]) rmSync(folder, { recursive: true, force: true });
  }
};

/**
 * Copies everything out of every image of e2fsprogs' own tests, and compares with the kernel and with debugfs: never a
 * wrong byte under a good name, never exit 0 with something missing, nothing missing that is not told.
 * @param source the unpacked source package
 */
export const runE2fsprogs = (source: string, only: RegExp, onVerdict: (verdict: Verdict) => void): void => {
  const work = mkdtempSync(join(tmpdir(), 'sparekey-suite-'));
  try {
    for (const packed of globSync(join(source, 'tests/*/image.gz')).toSorted()) {
      const name = basename(dirname(packed));
      if (!only.test(name)) continue;
      const image = join(work, 'image');
      writeFileSync(image, gunzipSync(readFileSync(packed)));
      onVerdict(tryImage(name, image, work));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};
