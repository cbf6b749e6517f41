import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apply } from '../../../src/engine/apply.ts';
import { consentTo } from '../../../src/engine/consent.ts';
import type { PreparedPlan } from '../../../src/engine/plan.ts';
import { preparePlan } from '../../../src/engine/prepare.ts';
import { scan } from '../../../src/engine/scan.ts';
import { chooseJournal, planUndo } from '../../../src/engine/undo.ts';
import { createWritableTree } from '../../../src/host/tree/writable-tree.ts';
import type { Edit } from '../../../src/model/edit.ts';
import { isRescueError, RescueError } from '../../../src/model/errors.ts';
import { contextOn } from '../../support/context.ts';
import { complaintsOf } from '../../support/disk-image.ts';
import { createLinuxDisk } from '../../support/linux-disk.ts';
import { withMounted } from '../../support/recovery.ts';
import { scratchStorage } from '../../support/scratch.ts';
import { run } from '../../support/tools.ts';

/** Every kind of change, carried out on a real file system and undone byte for byte. */

const { storage, at } = scratchStorage('changes');
const context = contextOn(storage);

/** Records of 64 bytes, one for each user id: larger than anything that is read whole. */
const tallyBytes = 70_000 * 64;

const createDisk = (name: string): string =>
  createLinuxDisk(at(name), {
    files: { 'etc/unlabelled': 'secret\n', 'srv/auth': '{}\n' },
    populate: (root) => {
      mkdirSync(join(root, 'var/log'), { recursive: true });
      run('truncate', ['--size', String(tallyBytes), join(root, 'var/log/tallylog')]);
      run('sh', [
        '-c',
        'printf 0123456789 | dd of="$1" bs=1 seek=6400 conv=notrunc status=none',
        'sh',
        join(root, 'var/log/tallylog'),
      ]);
      run('chown', ['7:8', join(root, 'srv/auth'), join(root, 'etc/unlabelled')]);
      run('setfattr', ['-n', 'user.note', '-v', 'mine', join(root, 'srv/auth')]);
    },
  });

/** Everything that a person could see of the files, by foreign tools; the journal left out. */
const stateOf = (image: string): string =>
  withMounted(
    image,
    'ro,noload',
    `cd "$1" && find . -not -path './.sparekey*' -printf '%P %y %m %U:%G %s\\n' | sort &&
     getfattr -R -h -d -m - . 2>/dev/null | grep -v '^#' && find . -type f -not -path './.sparekey*' -exec sha256sum {} + | sort`,
  );

const planOf = async (image: string, edits: readonly Edit[]): Promise<PreparedPlan> => {
  const found = await scan(context, [await storage.identify(image)]);
  const [system] = found.systems;
  if (!system) throw new Error('no system');
  const purpose = { task: 'reset-password', user: 'bob', system: system.id } as const;
  const plan = async () => ({ purpose, edits, warnings: [], verify: async () => {} });
  return await preparePlan(context, found, { plan }, system, {});
};

const carryOut = (prepared: PreparedPlan) => apply(context, prepared, consentTo(prepared.plan, 'order'));

const undo = async (image: string, id: string) => {
  const found = await scan(context, [await storage.identify(image)]);
  return await carryOut(await planUndo(context, found, chooseJournal(found, id), { force: false }));
};

const codeOf = (action: Promise<unknown>) =>
  action.then(
    () => 'nothing thrown',
    (error) => (isRescueError(error) ? error.code : error),
  );

const shadowLabel = 'system_u:object_r:shadow_t:s0';
const kinds: Readonly<Record<string, { readonly edit: Edit; readonly shows: (state: string) => void }>> = {
  move: {
    edit: { kind: 'move', path: '/srv/auth', to: '/srv/auth.old', effects: [] },
    shows: (state) => {
      expect(state).toMatch(/^srv\/auth\.old f 644 7:8 3$/m);
      expect(state).not.toMatch(/^srv\/auth /m);
      expect(state).toContain('user.note="mine"');
    },
  },
  patch: {
    edit: { kind: 'patch', path: '/var/log/tallylog', offsetBytes: 6402, content: Buffer.from('xyz'), effects: [] },
    shows: (state) => expect(state).toMatch(new RegExp(`^var/log/tallylog f 644 0:0 ${tallyBytes}$`, 'm')),
  },
  'a label where one was': {
    edit: { kind: 'label', path: '/etc/shadow', label: 'system_u:object_r:etc_t:s0', effects: [] },
    shows: (state) => {
      expect(state).toContain('security.selinux="system_u:object_r:etc_t:s0"');
      expect(state).not.toContain(shadowLabel);
    },
  },
  'a label where none was': {
    edit: { kind: 'label', path: '/etc/unlabelled', label: shadowLabel, effects: [] },
    shows: (state) => expect(state.match(/shadow_t/g)).toHaveLength(2),
  },
};

describe.each(Object.entries(kinds))('%s', (name, { edit, shows }) => {
  test('is carried out, undone without a trace, and the undo undone', async () => {
    const image = createDisk(`${name}.img`);
    const before = stateOf(image);
    const { journalId } = await carryOut(await planOf(image, [edit]));
    const after = stateOf(image);
    expect(after).not.toBe(before);
    shows(after);
    expect(complaintsOf(image)).toBe('');
    const undone = await undo(image, journalId);
    expect(stateOf(image)).toBe(before);
    await undo(image, undone.journalId);
    expect(stateOf(image)).toBe(after);
    expect(complaintsOf(image)).toBe('');
  });
});

test('several in one plan are put back together when the last of them fails', async () => {
  const image = createDisk('together.img');
  const before = stateOf(image);
  const edits = Object.values(kinds).map(({ edit }) => edit);
  const prepared = await planOf(image, edits);
  const failing: PreparedPlan = {
    ...prepared,
    verify: async () => {
      throw new RescueError('verify-failed', { user: 'bob' });
    },
  };
  expect(await codeOf(carryOut(failing))).toBe('verify-failed');
  expect(stateOf(image)).toBe(before);
});

test.each<[string, Edit, string]>([
  ['moved', kinds['move']?.edit as Edit, 'echo other >"$1/srv/auth"'],
  ['moved to a name that is taken meanwhile', kinds['move']?.edit as Edit, 'echo x >"$1/srv/auth.old"'],
  [
    'patched',
    kinds['patch']?.edit as Edit,
    'printf q | dd of="$1/var/log/tallylog" bs=1 seek=6402 conv=notrunc status=none',
  ],
  ['labelled', kinds['a label where one was']?.edit as Edit, 'chcon system_u:object_r:x_t:s0 "$1/etc/shadow"'],
])('what changed since it was planned is not %s', async (_, edit, change) => {
  const image = createDisk('stale.img');
  const prepared = await planOf(image, [edit]);
  withMounted(image, 'rw', change);
  const before = stateOf(image);
  expect(await codeOf(carryOut(prepared))).toBe('plan-stale');
  expect(stateOf(image)).toBe(before);
});

test('several amendments of one file become one change, upon what replaces it', async () => {
  const image = createDisk('amend.img');
  const amend = (line: string): Edit => ({
    ...{ kind: 'amend', path: '/etc/unlabelled', effects: [] },
    amend: (content: Uint8Array) => Buffer.concat([content, Buffer.from(line)]),
  });
  const nothing: Edit = { kind: 'amend', path: '/etc/passwd', amend: (content) => content, effects: [] };
  const replace: Edit = { path: '/etc/unlabelled', content: Buffer.from('new\n'), effects: [] };
  const prepared = await planOf(image, [replace, amend('one\n'), nothing, amend('two\n')]);
  expect(prepared.plan.changes).toHaveLength(1);
  await carryOut(prepared);
  expect(run('debugfs', ['-R', 'cat /etc/unlabelled', image])).toBe('new\none\ntwo\n');
});

test('a move that was cut off in the middle is finished, and never takes a name that another file has', async () => {
  const root = at('cut');
  mkdirSync(root);
  writeFileSync(join(root, 'a'), 'content');
  let isCut = true;
  const tree = createWritableTree({
    root,
    onStep: (step) => {
      if (step === 'remove' && isCut) throw new Error('power cut');
    },
  });
  await expect(tree.moveFile('/a', '/b')).rejects.toThrow('power cut');
  expect(run('ls', [root]).split('\n')).toEqual(['a', 'b', '']);
  isCut = false;
  await tree.moveFile('/a', '/b');
  expect(run('ls', [root]).split('\n')).toEqual(['b', '']);
  writeFileSync(join(root, 'a'), 'another');
  expect(await codeOf(tree.moveFile('/a', '/b'))).toBe('write-failed');
  expect(await codeOf(tree.moveFile('/gone', '/c'))).toBe('file-missing');
  expect(await codeOf(tree.patchFile('/a', 5, Buffer.from('longer')))).toBe('write-failed');
  expect(run('cat', [join(root, 'a'), join(root, 'b')])).toBe('anothercontent');
});
