import type { Backup } from '../../src/engine/recovery/backups.ts';
import { noProblems } from '../../src/host/recovery/copy/tally.ts';
import { RescueError } from '../../src/model/errors.ts';
import type { CopySummary, Reading, TargetVolume } from '../../src/model/recovery.ts';
import { Secret } from '../../src/model/secret.ts';
import type { Entry } from '../../src/model/tree.ts';
import type { Outcome } from '../../src/tui/recovery/state.ts';
import type { State, StationState } from '../../src/tui/state.ts';
import { topOf } from '../../src/tui/step.ts';
import { stackScenes } from './stack-scenes.ts';
import { data, debianRoot, following, laptop, rescueStick, scanned, scenes, startOf, typed } from './tui-scenes.ts';
import { volumeOf } from './volume.ts';

/** Getting files out of the machine of tui-scenes.ts, whose stick has a data partition. */

const gigabytes = (count: number): number => count * 1e9;

export const stickData = volumeOf({
  id: 'stick/2',
  diskId: 'stick',
  selector: 'sda2',
  path: '/dev/sda2',
  sizeBytes: gigabytes(29),
  filesystem: { type: 'exfat', label: 'SPAREKEY', state: 'clean' },
});

const holiday = volumeOf({
  id: 'usb/1',
  diskId: 'usb',
  selector: 'sdc1',
  path: '/dev/sdc1',
  sizeBytes: gigabytes(64),
  filesystem: { type: 'vfat', label: 'HOLIDAY', state: 'clean' },
});

export const places: readonly TargetVolume[] = [
  { volume: stickData, isOwnMedium: true, freeBytes: gigabytes(28) },
  { volume: holiday, isOwnMedium: false, freeBytes: undefined },
];

export const entries: readonly Entry[] = [
  { name: '.storage', kind: 'directory' },
  { name: 'custom_components', kind: 'directory' },
  { name: 'automations.yaml', kind: 'file' },
  { name: 'configuration.yaml', kind: 'file' },
  { name: 'current-log', kind: 'symlink' },
  { name: 'home-assistant_v2.db', kind: 'file' },
  { name: 'socket', kind: 'other' },
];

const modifiedAtMs = Date.UTC(2026, 10, 18, 6, 14, 55);
const details = new Map([
  ['.storage', { sizeBytes: 4096, modifiedAtMs }],
  ['custom_components', { sizeBytes: 4096, modifiedAtMs }],
  ['automations.yaml', { sizeBytes: 9_412, modifiedAtMs }],
  ['configuration.yaml', { sizeBytes: 1_733, modifiedAtMs }],
  ['home-assistant_v2.db', { sizeBytes: 1_203_445_760, modifiedAtMs }],
]);

export const landmarks = [
  { name: 'configuration', paths: ['/supervisor/homeassistant'] },
  { name: 'backups', paths: ['/supervisor/backup'] },
  { name: 'share', paths: ['/supervisor/share'] },
] as const;

/** The job that the state waits for. */
export const waitingFor = (state: State): number => {
  const { recovery } = state;
  if (recovery?.opening !== undefined) return recovery.opening;
  if (recovery?.listing && recovery.listing.entries === undefined) return recovery.listing.job;
  if (recovery?.listing?.detailing !== undefined) return recovery.listing.detailing;
  const screen = topOf(state);
  return 'job' in screen ? screen.job : 0;
};

const space = typed(' ');
const onVolume = (station?: StationState) => following(startOf(station), scanned, 'enter');
const opening = (station?: StationState) => following(onVolume(station), 'down', 'enter');
const openedAs = (reading: Reading, station?: StationState) => {
  const state = opening(station);
  return following(state, { kind: 'source-opened', job: waitingFor(state), reading, landmarks });
};
const onLandmarks = (station?: StationState) => openedAs('as-is', station);
const counted = (state: State, bytes: number, isDone = true) => {
  const job = state.recovery?.count?.job ?? 0;
  return following(state, { kind: 'counted', job, size: { files: 5321, folders: 40, bytes }, isDone });
};
const reading = (station?: StationState) => following(onLandmarks(station), 'enter');
const listed = (state: State, found: readonly Entry[] = entries, isCut = false) =>
  following(state, { kind: 'folder-listed', job: waitingFor(state), entries: found, isCut });
const detailed = (state: State) => following(state, { kind: 'detailed', job: waitingFor(state), details });
export const onFolder = (station?: StationState) => detailed(listed(reading(station)));
const markedFolder = () => counted(following(onFolder(), space, 'down', 'down', 'enter'), gigabytes(1.4), false);
const looking = (station?: StationState) => {
  const marked = counted(following(onLandmarks(station), space), gigabytes(1.4));
  return following(marked, 'f5');
};
export const onDestinations = (station?: StationState, found: readonly TargetVolume[] = places) => {
  const state = looking(station);
  return following(state, { kind: 'places-listed', job: waitingFor(state), places: found });
};
export const onCopy = () => {
  const state = following(onDestinations(), 'enter');
  return following(state, { kind: 'armed', job: state.lastJob });
};
const started = () => following(onCopy(), 'enter');
export const copying = () => {
  const state = started();
  const movement = {
    doneBytes: gigabytes(0.6),
    totalBytes: gigabytes(1.4),
    files: 2044,
    current: '/supervisor/homeassistant/home-assistant_v2.db',
    elapsedMs: 31_000,
  };
  return following(state, { kind: 'moved', job: state.lastJob, movement });
};

const whole: CopySummary = {
  files: 5321,
  bytes: gigabytes(1.4),
  keptFromBefore: 0,
  folders: 40,
  symlinks: 3,
  hardLinks: 0,
  sparseFiles: 0,
  problems: [],
  problemCounts: noProblems,
  renamed: [],
  renamedCount: 0,
  manifest: 'sparekey-manifest.sha256',
  elapsedMs: 72_000,
};

export const filesOutcome = (different: Partial<CopySummary> = {}): Outcome => ({
  kind: 'files',
  receipt: {
    version: 1,
    volume: data,
    paths: ['/supervisor/homeassistant'],
    to: 'sda2 (SPAREKEY): recovered-hassos-data',
    reading: 'as-is',
    startedAtMs: modifiedAtMs,
    summary: { ...whole, ...different },
  },
});

const copiedAs = (state: State, outcome: Outcome) =>
  following(state, { kind: 'copied', job: waitingFor(state), outcome });

const damaged: Partial<CopySummary> = {
  problems: [
    { kind: 'unreadable-file', path: '/supervisor/homeassistant/home-assistant.log', reason: 'EIO' },
    {
      kind: 'damaged',
      path: '/supervisor/homeassistant/home-assistant_v2.db',
      keptAs: 'home-assistant_v2.db.damaged',
      sizeBytes: 1_203_445_760,
      ranges: [{ startBytes: 4096, endBytes: 8192 }],
    },
    { kind: 'special', path: '/supervisor/homeassistant/socket', what: 'socket' },
  ],
  problemCounts: { ...whole.problemCounts, 'unreadable-file': 1, damaged: 1, special: 1 },
};

const backup = (file: string, name: string, isProtected: boolean, sizeBytes: number): Backup => ({
  volume: data,
  path: `/supervisor/backup/${file}`,
  file,
  sizeBytes,
  facts: { slug: file.slice(0, 8), name, date: '2026-11-17T03:12:44+00:00', type: 'full', isProtected },
});

export const backupsFound: readonly Backup[] = [
  backup('5a01c9d2.tar', 'Before the update', false, 412_000_000),
  backup('Automatic_backup_2026.11_2026-11-17.tar', 'Automatic backup 2026.11', true, 431_000_000),
  { volume: data, path: '/supervisor/backup/b.tar', file: 'b.tar', sizeBytes: 3_000, reason: 'cut short' },
];

export const storedKey = 'XVZP-7Q0H-JR2M-4KDF-9WTB-C3NY-5GLS';

const readingBackups = () => following(onVolume(), 'down', 'down', 'enter');
export const onBackups = (keys: readonly string[] = [storedKey]) => {
  const state = readingBackups();
  const list = { backups: backupsFound, keys: keys.map((key) => new Secret(key)) };
  return following(state, { kind: 'backups-listed', job: waitingFor(state), list });
};
const onBackupKey = () => following(onBackups([]), 'end', 'enter');
const exporting = () => {
  const decrypting = following(onBackups(), 'end', 'up', 'up', 'enter');
  const found = following(decrypting, { kind: 'places-listed', job: waitingFor(decrypting), places });
  const asked = following(found, 'enter');
  return following(asked, { kind: 'armed', job: asked.lastJob });
};
const exported = (outcome: Partial<Extract<Outcome, { kind: 'backups' }>>) => {
  const state = following(exporting(), 'enter');
  return copiedAs(state, {
    kind: 'backups',
    written: [],
    existing: [],
    failed: [],
    remarks: [],
    isStopped: false,
    ...outcome,
  });
};

export const recoveryScenes = {
  'landmarks-opening': () => opening(),
  landmarks: () => onLandmarks(),
  'landmarks-marked': () => counted(following(onLandmarks(), space, 'down', space), gigabytes(3.2)),
  'folder-reading': () => reading(),
  folder: () => onFolder(),
  'folder-marked': markedFolder,
  'folder-covered': () =>
    following(counted(following(onFolder(), 'up', 'enter'), gigabytes(1.4)), 'down', 'down', 'down', 'enter'),
  'folder-typed': () => following(onFolder(), typed('c'), typed('o')),
  'folder-empty': () => listed(reading(), []),
  'folder-vast': () =>
    listed(
      reading(),
      Array.from({ length: 100_000 }, (_, index) => ({ name: `${index}.json`, kind: 'file' }) as const),
      true,
    ),
  following: () => following(onFolder(), 'down', 'down', 'down', 'down', 'enter'),
  'destinations-looking': () => looking(),
  destinations: () => onDestinations(),
  'destinations-none': () => onDestinations(rescueStick, []),
  'destinations-on-a-laptop': () => onDestinations(laptop),
  'typed-folder': () => {
    const state = following(onDestinations(laptop), 'end', 'enter', typed('/home/bob/recovered'));
    return following(state, { kind: 'free-space', job: waitingFor(state), freeBytes: gigabytes(74), error: undefined });
  },
  'typed-folder-rejected': () => following(onDestinations(laptop), 'end', 'enter', typed('recovered'), 'enter'),
  'typed-folder-refused': () => {
    const state = following(onDestinations(laptop), 'end', 'enter', typed('/etc/passwd'));
    const error = new RescueError('target-unusable', { path: '/etc/passwd', reason: 'ENOTDIR' });
    return following(state, { kind: 'free-space', job: waitingFor(state), freeBytes: undefined, error });
  },
  copy: onCopy,
  'copy-unclean': () => {
    const marked = counted(following(openedAs('without-journal'), space), gigabytes(0.3), false);
    const asked = following(marked, 'f5');
    const copy = following(asked, { kind: 'places-listed', job: waitingFor(asked), places }, 'enter');
    return following(copy, { kind: 'armed', job: copy.lastJob });
  },
  'copy-too-large': () => counted(onCopy(), gigabytes(40)),
  'copying-starting': started,
  copying,
  'copying-asked': () => following(copying(), 'escape'),
  'copying-stopping': () => following(copying(), 'escape', 'right', 'enter'),
  'copying-closing': () => following(copying(), { kind: 'closing', job: waitingFor(copying()) }),
  copied: () => copiedAs(copying(), filesOutcome()),
  'copied-partly': () => copiedAs(copying(), filesOutcome(damaged)),
  'copied-stopped': () => {
    const stoppedBy = new RescueError('stopped', { path: 'sda2 (SPAREKEY): recovered-hassos-data' });
    return copiedAs(copying(), filesOutcome({ files: 2044, bytes: gigabytes(0.6), stoppedBy }));
  },
  'backups-reading': readingBackups,
  backups: () => onBackups(),
  'backups-key': () => following(onBackups(), 'end', 'enter'),
  'backups-no-key': () => onBackups([]),
  'backup-key': () => following(onBackupKey(), typed(storedKey)),
  'backup-key-empty': () => following(onBackupKey(), 'enter'),
  'backups-copy': exporting,
  'backups-copied': () =>
    exported({
      written: ['Before.tar', 'Automatic.decrypted.tar'].map(
        (file) => `sda2 (SPAREKEY): recovered-hassos-data/${file}`,
      ),
    }),
  'backups-stopped': () =>
    exported({ existing: ['sda2 (SPAREKEY): recovered-hassos-data/Before.tar'], isStopped: true }),
  'backups-wrong-key': () =>
    exported({
      written: ['sda2 (SPAREKEY): recovered-hassos-data/Before.tar'],
      failed: [{ file: 'Automatic.tar', error: new RescueError('wrong-backup-key', { archive: 'Automatic.tar' }) }],
    }),
  'volume-unknown': () => {
    const blank = volumeOf({ ...debianRoot, id: 'ssd/9', selector: 'nvme0n1p9' });
    const { filesystem: _unknown, ...volume } = blank;
    const { scan } = scanned;
    const disks = scan.disks.map((disk) => (disk.id === 'ssd' ? { ...disk, volumes: [volume] } : disk));
    return following(startOf(), { ...scanned, scan: { ...scan, disks } }, 'down', 'enter');
  },
} satisfies Readonly<Record<string, () => State>>;

/** Every screen of the text UI. */
export const allScenes = { ...scenes, ...recoveryScenes, ...stackScenes };
