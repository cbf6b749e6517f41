import { type SourceFile, withoutComments } from './law.ts';

/**
 * The law on writing: whoever owns a folder that we write into, or a disk that we mend, may have put links, FIFOs and
 * devices there. So what changes anything by a path is called in two rooms only, which go down by open folders, and in
 * the few files below, whose paths are nobody else's. What works on an open file is free: it was opened there.
 */

/** host/foreign: folders that a person named. host/tree: the files of a disk. */
const writingRooms = ['host/foreign/', 'host/tree/'];

/** Opening a file for more than reading. */
const forWriting = 'open';

/** File → what it calls, and where that leads. */
const ownPlaces: Readonly<Record<string, readonly string[]>> = {
  // Mount points, in the keeper's own namespace, in a tmpfs that hides what was there.
  'host/mounts/keeper.ts': ['mkdir', 'rmdir'],
  // Mount points, in /run of our own medium.
  'host/medium/boot-medium.ts': ['mkdir'],
  // Memory: a new folder in /dev/shm, under a random name.
  'host/storage/snapshots.ts': ['mkdtemp', 'rm', forWriting],
  // What this console shows, in the file that our own medium's console script names.
  'host/machine/station.ts': ['writeFile'],
  // After a crash: a new file, 0600, no link followed, in this machine's folder for temporary files.
  'host/machine/report.ts': [forWriting],
  // Terminals.
  'host/machine/consoles.ts': [forWriting],
  'host/process/signals.ts': [forWriting],
  // Only asks whether it could be.
  'host/storage/lease-checks.ts': [forWriting],
};

/** Programs that make or change files → the files that run them, on what these hold open. */
const writingTools: Readonly<Record<string, readonly string[]>> = {
  sh: [
    'host/mounts/keeper.ts',
    'host/process/leaving.ts',
    'host/recovery/copy/attributes-pass.ts',
    'host/storage/stacks/warden.ts',
  ],
  cp: ['host/tree/attributes.ts', 'host/recovery/copy/attributes-pass.ts'],
  tar: [
    'host/tree/attributes.ts',
    'host/recovery/copy/attributes-pass.ts',
    'host/recovery/copy/data-ranges.ts',
    'host/recovery/copy/make-links.ts',
  ],
  chattr: ['host/tree/attributes.ts'],
  chcon: ['host/tree/attributes.ts'],
  ddrescue: ['host/recovery/clone.ts'],
  // Of our own medium, which was not put away.
  'fsck.fat': ['host/medium/boot-medium.ts'],
  'fsck.exfat': ['host/medium/boot-medium.ts'],
  // Only ever with -c and without -w, on an open file.
};
/** Their names, in the list of all programs that are run. */
const listOfTools = 'host/process/commands.ts';
const neverRun =
  'bash dash busybox env xargs dd tee touch mv ln rm mkdir chmod chown install rsync cpio truncate fallocate mknod mkfifo split mktemp shred setfattr setfacl e2fsck resize2fs tune2fs'.split(
    ' ',
  );

type Manner = 'reads' | 'by path' | 'on an open file' | 'opens';

const listed = (names: string, manner: Manner): readonly (readonly [string, Manner])[] =>
  names.split(/\s+/).flatMap((name) => [name, `${name}Sync`].map((each) => [each, manner] as const));

/** Everything that node:fs and node:fs/promises offer. What is not here is new: it is judged first. */
export const mannerOf: ReadonlyMap<string, Manner> = new Map([
  ...listed('appendFile chmod chown copyFile cp lchmod lchown link lutimes mkdir mkdtemp', 'by path'),
  ...listed('mkdtempDisposable rename rm rmdir symlink truncate unlink utimes writeFile', 'by path'),
  ...listed('createWriteStream WriteStream FileWriteStream', 'by path'),
  ...listed('fchmod fchown fdatasync fsync ftruncate futimes write writev', 'on an open file'),
  ...listed('open', 'opens'),
  ...listed('access close createReadStream exists fstat glob lstat openAsBlob opendir read readdir readFile', 'reads'),
  ...listed('readlink readv realpath stat statfs unwatchFile watch watchFile', 'reads'),
  ...listed('Dir Dirent FileReadStream ReadStream Stats Utf8Stream _toUnixTimestamp constants', 'reads'),
]);

const nameWithoutSync = (name: string): string => name.replace(/Sync$/, '');

/** What a file takes from node:fs, by its names there; `*` for all of it at once. Types are not taken. */
const takenFromFs = (text: string): readonly string[] =>
  [...text.matchAll(/^\s*(?:import|export)\s+(?!type\b)([^'";]*?)\s*from\s*['"]node:fs(?:\/promises)?['"]/gm)].flatMap(
    ([, clause = '']) => {
      const [, names] = /^\{([^}]*)\}$/.exec(clause.trim()) ?? [];
      if (names === undefined) return ['*'];
      return names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type '))
        .map((name) => name.split(/\s+as\s+/)[0] ?? '');
    },
  );

const flagWords = /\bO_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)\b/;
/** open(path, 'w') and open(path, 2), which need no word from `constants`. */
const flagLiterals = /\bopen(?:Sync)?\([^;]*?,\s*(?:'(?!rs?')[a-z+]+'|[1-9]|0[xo]?[1-9])/;
const detours = /\bgetBuiltinModule\b|\bprocess\.binding\b|\bcreateRequire\b|\bfs\.promises\b|\bpromises as\b/;

const callsOf = (text: string): readonly string[] => {
  const taken = takenFromFs(text);
  const byPath = taken.filter((name) => mannerOf.get(name) === 'by path').map(nameWithoutSync);
  const isOpening = flagWords.test(text) || flagLiterals.test(text);
  return [...new Set([...byPath, ...(isOpening ? [forWriting] : [])])];
};

const toolsOf = (text: string): readonly string[] =>
  [...Object.keys(writingTools), ...neverRun].filter((tool) => text.includes(`'${tool}'`));

const complaintsOf = ({ path, text: source }: SourceFile): readonly string[] => {
  const text = withoutComments(source);
  const isWritingRoom = writingRooms.some((room) => path.startsWith(room));
  const calls = isWritingRoom ? [] : callsOf(text).filter((name) => !ownPlaces[path]?.includes(name));
  const unknown = takenFromFs(text).filter((name) => !mannerOf.has(name) || name === 'promises');
  const isFsLoaded = /\b(?:import|require)\s*\(\s*['"]node:fs/.test(text);
  const tools = path.startsWith('host/')
    ? toolsOf(text).filter((tool) => path !== listOfTools && !writingTools[tool]?.includes(path))
    : [];
  // In a script for a shell: where a word is sent into a file.
  const isRedirecting =
    toolsOf(text).includes('sh') && /[`'"][^`'"\n]*[^=\s>]\s*>{1,2}\s*[$/\w"][^`'"\n]*[`'"]/.test(text);
  return [
    ...calls.map((name) => `${path}: ${name} changes what a path leads to`),
    ...unknown.map((name) => `${path}: ${name} of node:fs is not judged yet`),
    ...(isFsLoaded || detours.test(text) ? [`${path}: node:fs on a detour`] : []),
    ...tools.map((tool) => `${path}: runs ${tool}`),
    ...(isRedirecting ? [`${path}: a shell writes into a file`] : []),
  ];
};

/** One line for every way to write that the law forbids. */
export const writingViolations = (files: readonly SourceFile[]): readonly string[] => files.flatMap(complaintsOf);

/** Entries of the tables above that are of no use any more. */
export const idlePermissions = (files: readonly SourceFile[]): readonly string[] => {
  const texts = new Map(files.map(({ path, text }) => [path, withoutComments(text)]));
  const calls = Object.entries(ownPlaces).flatMap(([path, names]) =>
    names.filter((name) => !callsOf(texts.get(path) ?? '').includes(name)).map((name) => `${path}: ${name}`),
  );
  const tools = Object.entries(writingTools).flatMap(([tool, paths]) =>
    paths.filter((path) => !toolsOf(texts.get(path) ?? '').includes(tool)).map((path) => `${path}: ${tool}`),
  );
  return [...calls, ...tools];
};
