import type { JournalRecord } from '../../src/engine/journal.ts';
import { wholeVolume } from '../../src/engine/open-pieces.ts';
import type { Plan, PreparedPlan } from '../../src/engine/plan.ts';
import type { Scan } from '../../src/engine/scan-result.ts';
import type { Account } from '../../src/model/account.ts';
import { RescueError } from '../../src/model/errors.ts';
import type { Notice, Effect as PlannedEffect } from '../../src/model/plan.ts';
import { Secret } from '../../src/model/secret.ts';
import type { Volume } from '../../src/model/storage.ts';
import type { InstalledSystem, ProfileId } from '../../src/model/system.ts';
import { profiles } from '../../src/systems/index.ts';
import type { Language } from '../../src/text/text.ts';
import type { Frame } from '../../src/tui/kit/frame.ts';
import type { Effect, Key, Message } from '../../src/tui/messages.ts';
import { initialState, type State, type StationState } from '../../src/tui/state.ts';
import { update } from '../../src/tui/update.ts';
import { accountOf } from './account.ts';
import { diskOf, volumeOf } from './volume.ts';

/*
 * A machine to play with: a Home Assistant card in a reader, a Debian disk inside that carries a container of Home
 * Assistant as well and an earlier run, and the stick that everything was started from.
 */

const gigabytes = (count: number): number => count * 1e9;

export const data = volumeOf({
  id: 'card/8',
  diskId: 'card',
  selector: 'sdb8',
  path: '/dev/sdb8',
  number: 8,
  sizeBytes: gigabytes(31),
  partLabel: 'hassos-data',
  filesystem: {
    type: 'ext4',
    label: 'hassos-data',
    uuid: '830bf1f8-a8c9-4ca3-b361-8d6a250ae768',
    state: 'clean',
    usedBytes: gigabytes(9),
  },
});

const slot = volumeOf({
  id: 'card/3',
  diskId: 'card',
  selector: 'sdb3',
  path: '/dev/sdb3',
  sizeBytes: 268_000_000,
  partLabel: 'hassos-system0',
  filesystem: { type: 'erofs', state: 'clean' },
});

export const debianRoot = volumeOf({
  id: 'ssd/2',
  diskId: 'ssd',
  selector: 'nvme0n1p2',
  path: '/dev/nvme0n1p2',
  sizeBytes: gigabytes(250),
  filesystem: { type: 'ext4', label: 'debian-root', state: 'dirty', usedBytes: gigabytes(40) },
});

const swap = volumeOf({
  id: 'ssd/3',
  diskId: 'ssd',
  selector: 'nvme0n1p3',
  path: '/dev/nvme0n1p3',
  sizeBytes: gigabytes(8),
  filesystem: { type: 'swap', state: 'unknown' },
});

export const mounted = volumeOf({
  id: 'ssd/4',
  diskId: 'ssd',
  selector: 'nvme0n1p4',
  path: '/dev/nvme0n1p4',
  sizeBytes: gigabytes(100),
  filesystem: { type: 'xfs', label: 'films', state: 'unknown' },
  isInUse: true,
  mountPoints: ['/mnt/films'],
});

const homePeople = [
  accountOf('alice', { realm: 'home-assistant', displayName: 'Alice Martin', isOwner: true, isAdministrator: true }),
  accountOf('Bob', { realm: 'home-assistant', displayName: 'Bob', isAdministrator: true }),
  accountOf('zoé', { realm: 'home-assistant', displayName: 'Zoé', notes: ['local-only'] }),
];

const linuxPeople = [
  accountOf('root', { isAdministrator: true }),
  accountOf('carol', { displayName: 'Carol', login: 'nothing', notes: ['locked'] }),
];

export const systemOf = (
  profileId: ProfileId,
  volume: Volume,
  name: string,
  version: string,
  home: string,
  accounts: readonly Account[],
): InstalledSystem => {
  const profile = profiles.find(({ id }) => id === profileId);
  if (!profile) throw new Error(`no profile ${profileId}`);
  const detection = { name, version, home };
  return { id: `${profileId}@${volume.selector}`, profile, detection, volume, pieces: wholeVolume(volume), accounts };
};

export const haos = systemOf('haos', data, 'Home Assistant OS', '16.2', '/supervisor/homeassistant', homePeople);
const debian = systemOf('debian', debianRoot, 'Debian GNU/Linux', '12.7', '/', linuxPeople);
const container = systemOf(
  'home-assistant-container',
  debianRoot,
  'Home Assistant Container',
  '2026.8.1',
  '/srv/home-assistant',
  homePeople.slice(0, 1),
);

export const earlierRun: JournalRecord = {
  manifest: {
    id: '20261119-214512-a1b2',
    state: 'done',
    createdAtMs: Date.UTC(2026, 10, 19, 21, 45, 12),
    purpose: { task: 'reset-password', user: 'root', system: debian.id },
    entries: [],
  },
  volume: debianRoot,
};

/** The same, taken back a minute later. */
export const earlierUndo: JournalRecord = {
  manifest: {
    id: '20261119-214612-c3d4',
    state: 'done',
    createdAtMs: Date.UTC(2026, 10, 19, 21, 46, 12),
    purpose: { task: 'undo', journal: earlierRun.manifest.id },
    entries: [],
  },
  volume: debianRoot,
};

export const scanOfAll: Scan = {
  disks: [
    diskOf([], { id: 'stick', path: '/dev/sda', model: 'Sparekey', sizeBytes: gigabytes(8), isRunningSystem: true }),
    diskOf([slot, data], {
      id: 'card',
      path: '/dev/sdb',
      model: 'SanDisk Ultra',
      sizeBytes: gigabytes(32),
      transport: 'usb',
    }),
    diskOf([debianRoot, swap, mounted], {
      id: 'ssd',
      path: '/dev/nvme0n1',
      model: 'Samsung SSD 980',
      sizeBytes: gigabytes(500),
      transport: 'nvme',
      isRemovable: false,
    }),
  ],
  systems: [haos, debian, container],
  journals: [earlierRun],
  notices: [
    { code: 'volume-mounted', details: { selector: 'nvme0n1p4', mountPoints: ['/mnt/films'] } },
    {
      code: 'can-undo',
      details: { id: earlierRun.manifest.id, selector: 'nvme0n1p2', purpose: earlierRun.manifest.purpose },
    },
  ],
};

export const lookable = [slot, data, debianRoot].map(({ id }) => id);

export const scanned: Extract<Message, { kind: 'scanned' }> = {
  kind: 'scanned',
  scan: scanOfAll,
  lookable,
  unseen: [],
  isStopped: false,
};

export const rescueStick: StationState = {
  isRescueMedium: true,
  console: 'screen',
  layouts: ['be', 'ca-fr', 'ch-fr', 'de', 'es', 'fr', 'gb', 'it', 'us'],
  layout: 'us',
};

export const laptop: StationState = { isRescueMedium: false, console: 'terminal', layouts: [], layout: undefined };

export const startOf = (station: StationState = rescueStick, language: Language = 'en'): State =>
  initialState(language, { columns: 80, rows: 24 }, station);

/** The state after these messages; a string stands for a key. */
export const following = (state: State, ...messages: readonly (Message | Key)[]): State =>
  play(state, ...messages).state;

/** The same, with what was asked to be done on the way. */
export const play = (
  state: State,
  ...messages: readonly (Message | Key)[]
): { readonly state: State; readonly effects: readonly Effect[] } => {
  let current = state;
  const effects: Effect[] = [];
  for (const message of messages) {
    const [next, wanted] = update(current, typeof message === 'string' ? { kind: 'key', key: message } : message);
    current = next;
    effects.push(...wanted);
  }
  return { state: current, effects };
};

export const typed = (text: string): Message => ({ kind: 'typed', text: new Secret(text) });
export const pasted = (text: string): Message => ({ kind: 'pasted', text: new Secret(text) });

/** A plan as a task would make it, over made-up bytes. */
export const planOf = (
  purpose: Plan['purpose'],
  volume: Volume,
  effects: readonly PlannedEffect[],
  warnings: readonly Notice[] = [],
): PreparedPlan => ({
  pieces: wholeVolume(volume),
  plan: {
    purpose,
    volume: volume.id,
    changes: [
      {
        kind: 'write-file',
        path: '/supervisor/homeassistant/.storage/auth_provider.homeassistant',
        before: '0'.repeat(64),
        content: new TextEncoder().encode('$2b$12$a-hash-of-somebody'),
        effects,
        liftsImmutable: false,
      },
    ],
    warnings,
    digest: '1'.repeat(64),
  },
  volume,
  verify: async () => {},
});

export const planForBob = planOf(
  { task: 'reset-password', user: 'Bob', system: haos.id },
  data,
  [{ kind: 'set-password', user: 'Bob', scheme: 'bcrypt' }],
  [
    { code: 'password-short', details: { length: 6 } },
    { code: 'tokens-stay', details: { user: 'Bob' } },
    { code: 'type-name-as-stored', details: { user: 'Bob' } },
    { code: 'banned-addresses', details: { path: '/supervisor/homeassistant/ip_bans.yaml', count: 2 } },
  ],
);

export const planForUndo = planOf({ task: 'undo', journal: earlierRun.manifest.id }, debianRoot, [
  { kind: 'put-back', journal: earlierRun.manifest.id },
]);

const cure = (effect: PlannedEffect) => ({
  isOwnLock: true,
  edits: [{ kind: 'amend', path: '/etc/shadow', amend: (content: Uint8Array) => content, effects: [effect] }] as const,
});
const shutDoors = { doors: ['console', 'ssh-password'], isShut: true, certainty: 'certain' } as const;

/** A plan with cures that can be taken and left out. */
export const planWithTicks: PreparedPlan = {
  ...planOf({ task: 'fix', user: 'ada', system: 'debian@sdc1', findings: ['account-expired'] }, debianRoot, [
    { kind: 'reopen-account', user: 'ada' },
  ]),
  ticks: [
    {
      ...{ input: 'findings', isOn: true },
      finding: {
        ...{ id: 'account-expired', code: 'account-expired', details: { user: 'ada', date: '2026-01-31' } },
        ...shutDoors,
        cure: cure({ kind: 'reopen-account', user: 'ada' }),
      },
    },
    {
      ...{ input: 'findings', isOn: false },
      finding: {
        ...{ id: 'nologin-file', code: 'nologin-file', details: {} },
        ...shutDoors,
        cure: cure({ kind: 'let-people-in' }),
      },
    },
  ],
};

const ready = (station?: StationState) => following(startOf(station), scanned);
const onBob = (station?: StationState) => following(ready(station), 'enter', 'enter', 'down', 'enter');
const passwordTyped = (station?: StationState) => following(onBob(station), typed('sesame'), 'enter', typed('sesame'));
const planned = (station?: StationState) => {
  const asked = following(passwordTyped(station), 'enter');
  return following(asked, { kind: 'planned', job: asked.lastJob, prepared: planForBob });
};
const armed = (station?: StationState) => {
  const state = planned(station);
  return following(state, { kind: 'armed', job: state.lastJob });
};
const applying = (station?: StationState) =>
  following(
    armed(station),
    'enter',
    { kind: 'engine', event: { kind: 'opening', selector: 'sdb8' } },
    { kind: 'engine', event: { kind: 'journal-kept', id: 'x', folder: '/.sparekey/x' } },
    { kind: 'engine', event: { kind: 'written', path: '/supervisor/auth.json' } },
  );
const applied: Message = {
  kind: 'applied',
  applied: { journalId: '20261121-060000-c3d4', journalFolder: '/.sparekey/20261121-060000-c3d4' },
};
const onDebian = () => following(ready(), 'down', 'enter');
const onJournals = () => following(onDebian(), 'end', 'enter');

/** The public half of a key that ssh-keygen made for this test, and its fingerprint as `ssh-keygen -l` prints it. */
export const carolsKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKwE/LaEGKVX3clE8sd60t8jsbn/eq2eGGGVk2e+f9za carol@laptop';
export const carolsFingerprint = 'SHA256:TWF3hdfmzmpBu9ywEqyIShE7BDCc1TtctyblBRPlg1A';

const keyFiles: Message = {
  kind: 'keys-found',
  files: [
    { name: 'id_ed25519.pub', content: new TextEncoder().encode(`${carolsKey}\r\n`) },
    { name: 'id_rsa.pub', content: new TextEncoder().encode('ssh-rsa AAAAB3Nz') },
  ],
};

export const planForKey = planOf(
  { task: 'authorize-key', user: 'carol', system: debian.id, fingerprint: carolsFingerprint },
  debianRoot,
  [{ kind: 'authorize-key', user: 'carol', fingerprint: carolsFingerprint, comment: 'carol@laptop' }],
  [{ code: 'no-ssh-server', details: {} }],
);

const onKey = (station?: StationState) => following(ready(station), 'down', 'enter', 'down', 'enter', 'down', 'enter');
const keyPlanned = () => {
  const asked = following(onKey(), keyFiles, 'enter');
  const planned = following(asked, { kind: 'planned', job: asked.lastJob, prepared: planForKey });
  return following(planned, { kind: 'armed', job: planned.lastJob });
};
const failed = (state: State, error: unknown) => following(state, { kind: 'job-failed', job: state.lastJob, error });

/** Every screen, and every face of it that looks different; in English at 80×24, other sizes and languages come from these. */
export const scenes = {
  'disks-looking': () =>
    following(
      startOf(),
      { kind: 'engine', event: { kind: 'surveyed', disks: scanOfAll.disks } },
      { kind: 'engine', event: { kind: 'looking', selector: 'sdb3' } },
    ),
  'disks-stopped': () =>
    following(startOf(), {
      ...scanned,
      scan: { ...scanOfAll, systems: [haos], journals: [], notices: [] },
      unseen: [debianRoot.id],
      isStopped: true,
    }),
  disks: () => ready(),
  'disks-on-a-laptop': () => ready(laptop),
  'disks-none': () =>
    following(startOf(), {
      kind: 'scanned',
      scan: { disks: [], systems: [], journals: [], notices: [] },
      lookable: [],
      unseen: [],
      isStopped: false,
    }),
  'disks-not-root': () => following(startOf(laptop), { kind: 'scan-failed', error: new RescueError('need-root', {}) }),
  volume: () => following(ready(), 'enter'),
  'volume-two-systems': onDebian,
  'volume-mounted': () => following(ready(), 'down', 'down', 'down', 'enter'),
  'volume-gone': () => following(ready(), 'enter', { ...scanned, scan: { ...scanOfAll, disks: [], systems: [] } }),
  accounts: () => following(ready(), 'enter', 'enter'),
  'accounts-linux': () => following(onDebian(), 'enter'),
  password: () => onBob(),
  'password-on-a-laptop': () => onBob(laptop),
  'password-different': () => following(onBob(), typed('sesame'), 'enter', typed('sesam'), 'enter'),
  'password-shown': () => following(passwordTyped(), 'down', 'down', 'enter'),
  'password-generated': () =>
    following(onBob(), 'end', 'up', 'enter', { kind: 'generated', password: new Secret('bcdefghknoprstux') }),
  'key-looking': () => onKey(),
  key: () => following(onKey(), keyFiles),
  'key-none': () => following(onKey(), { kind: 'keys-found', files: [] }),
  'key-none-on-a-laptop': () => following(onKey(laptop), { kind: 'keys-found', files: [] }),
  'key-pasted': () => following(onKey(), keyFiles, pasted(`${carolsKey}\n`)),
  'key-rejected': () => following(onKey(), keyFiles, 'down', 'enter'),
  'key-plan': () => keyPlanned(),
  'key-result': () => following(keyPlanned(), 'enter', applied),
  planning: () => following(passwordTyped(), 'enter'),
  locked: () => failed(following(passwordTyped(), 'enter'), new RescueError('account-locked', { user: 'Bob' })),
  plan: () => armed(),
  'plan-not-armed': () => planned(),
  'plan-ticks': () => {
    const asked = following(onDebian(), 'down', 'down', 'enter', 'enter');
    const plan = following(asked, { kind: 'planned', job: asked.lastJob, prepared: planWithTicks });
    return following(plan, { kind: 'armed', job: plan.lastJob });
  },
  'plan-irreversible': () => irreversible(armed()),
  applying: () => applying(),
  'applying-stopped': () => following(applying(), 'interrupt'),
  result: () => following(applying(), applied),
  'result-on-a-laptop': () => following(applying(laptop), applied),
  refusal: () =>
    following(applying(), {
      kind: 'apply-failed',
      error: new RescueError('needs-fsck', { selector: 'sdb8', command: 'fsck.ext4 -f /dev/sdb8' }),
    }),
  journals: onJournals,
  'journals-undone': () => {
    const undone = { ...scanned, scan: { ...scanOfAll, journals: [earlierUndo, earlierRun], notices: [] } };
    return following(startOf(), undone, 'down', 'enter', 'end', 'enter');
  },
  'journal-changed-since': () =>
    failed(
      following(onJournals(), 'enter'),
      new RescueError('changed-since', { path: '/etc/shadow', id: earlierRun.manifest.id }),
    ),
  'undo-plan': () => {
    const asked = following(onJournals(), 'enter');
    const plan = following(asked, { kind: 'planned', job: asked.lastJob, prepared: planForUndo });
    return following(plan, { kind: 'armed', job: plan.lastJob });
  },
  language: () => following(ready(), 'f2'),
  keyboard: () => following(ready(), 'f3'),
  'keyboard-serial': () => following(ready({ ...rescueStick, console: 'serial', layouts: [] }), 'f3'),
  'keyboard-on-a-laptop': () => following(ready(laptop), 'f3'),
  leave: () => following(ready(), 'escape'),
  'leave-on-a-laptop': () => following(ready(laptop), 'escape'),
  leaving: () => following(ready(), 'escape', 'down', 'enter'),
  crash: () => following(ready(), { kind: 'crashed', reportPath: '/tmp/sparekey-report-20261121055500-77.txt' }),
} satisfies Readonly<Record<string, () => State>>;

export const scene = (name: keyof typeof scenes): State => scenes[name]();

/** No change is irreversible yet; a plan screen is what it will be when the first one is. */
export const irreversible = (state: State): State => ({
  ...state,
  screens: state.screens.map((screen) => (screen.name === 'plan' ? { ...screen, risk: 'irreversible' } : screen)),
});

/** A frame as the text that a person reads, without styles. */
export const textOfFrame = ({ lines }: Frame): string =>
  lines
    .map((spans) =>
      spans
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
