import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
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

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** How many names each folder has. */
const countNames = (paths: Iterable<string>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const path of paths) if (path !== '') counts.set(parentOf(path), (counts.get(parentOf(path)) ?? 0) + 1);
  return counts;
};

const faultsOf = (
  ending: Verdict['ending'],
  receipt: Receipt,
  ours: Listing,
  kernel: Listing | undefined,
  dumped: Listing,
  repaired: () => Listing,
): readonly string[] => {
  const faults: string[] = [];
  const judge = (path: string) => kernel?.digests.get(path) ?? dumped.digests.get(path) ?? repaired().digests.get(path);
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
    const expected = kernel?.targets.get(path) ?? dumped.targets.get(path) ?? repaired().targets.get(path);
    if (expected !== target) faults.push(`leads elsewhere: ${path}`);
  }
  const told = new Set(
    (receipt.summary?.problems ?? []).flatMap(({ path }) =>
      path === undefined ? [] : [Buffer.from(path.replace(/^\/+/, '')).toString('latin1')],
    ),
  );
  const spoken = countNames(new Set([...ours.kinds.keys(), ...told]));
  const inDump = countNames(dumped.kinds.keys());
  // The kernel shows encrypted names in its own way, debugfs as they are: there only their number can be compared.
  const isElsewhere = (path: string) =>
    kernel !== undefined &&
    !kernel.kinds.has(path) &&
    (spoken.get(parentOf(path)) ?? 0) >= (inDump.get(parentOf(path)) ?? 0);
  for (const path of new Set([...dumped.kinds.keys(), ...(kernel?.kinds.keys() ?? [])])) {
    if (isElsewhere(path)) continue;
    if (ours.kinds.has(path) || ours.kinds.has(`${path}.incomplete`)) continue;
    if (ending === 'whole') faults.push(`missing, with exit 0: ${path}`);
    else if (kernel?.digests.has(path)) faults.push(`the kernel reads it, and we do not: ${path}`);
    else if (ending === 'told' && !isTold(path, told)) faults.push(`missing and not told: ${path}`);
  }
  if (ending === 'refused' && kernel !== undefined)
    faults.push(`refused (${receipt.error?.code}), and the kernel mounts it`);
  return faults;
};

const sha256Of = (path: string): string => execFileSync('sha256sum', [path]).toString().slice(0, 64);

const once = <T>(action: () => T): (() => T) => {
  let done: { readonly value: T } | undefined;
  return () => {
    done ??= { value: action() };
    return done.value;
  };
};

/** What e2fsck makes of a copy of the image: the judge of what neither the kernel nor debugfs can read as it is. */
const dumpRepaired = (image: string, work: string): Listing => {
  const [copy, folder] = [join(work, 'repaired'), join(work, 'repaired-dump')];
  mkdirSync(folder);
  try {
    execFileSync('cp', ['--sparse=always', image, copy]);
    spawnSync('e2fsck', ['-fy', copy], { stdio: 'ignore', timeout: 300_000 });
    return dumpBy(copy, folder);
  } finally {
    for (const each of [copy, folder]) rmSync(each, { recursive: true, force: true });
  }
};

/** Some are gigabytes of nothing. */
const unpack = (packed: string, image: string): void => {
  rmSync(image, { force: true });
  execFileSync('sh', [
    '-c',
    'gzip -dc "$0" | dd of="$1" bs=64k iflag=fullblock conv=sparse status=none',
    packed,
    image,
  ]);
};

const tryImage = (name: string, image: string, work: string): Verdict => {
  const to = join(work, 'copy');
  const dump = join(work, 'dump');
  mkdirSync(dump);
  const before = sha256Of(image);
  try {
    const { stdout, status, stderr } = spawnSync(sparekey, ['recover', '/', '--disk', image, '--to', to, '--json'], {
      maxBuffer: 1 << 28,
      timeout: 600_000,
      killSignal: 'SIGKILL',
    });
    const receipt: Receipt = stdout.length > 0 ? JSON.parse(stdout.toString()) : {};
    const ours = listFolder(to);
    const ending = status === 0 ? 'whole' : receipt.summary === undefined ? 'refused' : 'told';
    const repaired = once(() => dumpRepaired(image, work));
    const faults = [...faultsOf(ending, receipt, ours, listMounted(image), dumpBy(image, dump), repaired)];
    if (status === null || status > 4) faults.push(`ended with ${status}: ${stderr.toString().slice(-300)}`);
    if (sha256Of(image) !== before) faults.push('the image was changed');
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
      unpack(packed, image);
      onVerdict(tryImage(name, image, work));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};
