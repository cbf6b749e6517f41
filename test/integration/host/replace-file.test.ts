import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStorage } from '../../../src/host/storage/storage.ts';
import type { WriteStep } from '../../../src/host/tree/writing.ts';
import type { WritableTree } from '../../../src/model/tree.ts';
import {
  attributesInImage,
  complaintsOf,
  createExtImage,
  loopsOver,
  readWithDebugfs,
} from '../../support/disk-image.ts';
import { leasing } from '../../support/leasing.ts';
import { run } from '../../support/tools.ts';

const oldText = 'root:*:1::::::\n';
const newText = 'root:$6$new:2::::::\nno newline at the end';
const immutable = 0x80010; // EXT4_EXTENTS_FL | EXT4_IMMUTABLE_FL
const appendOnly = 0x80020;

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparekey-replace-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** /etc/shadow with everything that a file can have. */
const createImage = (name: string, flags?: number): string => {
  const path = createExtImage(at(name), {
    files: { 'etc/shadow': oldText, 'etc/passwd': 'root:x:0:0::/root:/bin/sh\n' },
    populate: (root) => {
      const shadow = join(root, 'etc/shadow');
      run('chown', ['7:42', shadow]);
      run('chmod', ['0640', shadow]);
      run('setfacl', ['-m', 'u:1000:r', shadow]);
      run('setfattr', ['-n', 'security.selinux', '-v', 'system_u:object_r:shadow_t:s0', shadow]);
      run('setfattr', ['-n', 'trusted.stranger', '-v', '0x00ff0a', shadow]);
      run('setfattr', ['-n', 'user.note', '-v', 'a\nb=c', shadow]);
    },
  });
  if (flags !== undefined) run('debugfs', ['-w', '-R', `set_inode_field /etc/shadow flags ${flags}`, path]);
  return path;
};

const attributesOf = (image: string) => attributesInImage(image, '/etc/shadow');

const lookInside = (image: string) => ({
  text: readWithDebugfs(image, '/etc/shadow'),
  names: run('debugfs', ['-R', 'ls -p /etc', image])
    .split('\n')
    .map((line) => line.split('/')[5])
    .filter(Boolean)
    .toSorted(),
});

const allNames = ['.', '..', 'passwd', 'shadow'];
const writing = async (image: string, work: (tree: WritableTree) => Promise<void>, onStep = (_: WriteStep) => {}) => {
  await using storage = createStorage({ onStep });
  await leasing(storage, image, work);
};

const replaceShadow = (image: string, onStep?: (step: WriteStep) => void) =>
  writing(image, (tree) => tree.replaceFile('/etc/shadow', Buffer.from(newText), '.temporary'), onStep);

const program = join(import.meta.dirname, '../../support/replace-in-image.ts');

const replaceInProcess = (image: string, step = '') =>
  spawnSync(process.execPath, [program, image, '/etc/shadow', newText, step], { encoding: 'utf8' });

/** The same on a machine with another cp. */
const replaceWithCp = (image: string, script: string) => {
  writeFileSync(at('cp'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const exchange = 'mount --no-mtab --bind "$0" "$(readlink -f "$(command -v cp)")" && exec "$@"';
  const command = [process.execPath, program, image, '/etc/shadow', newText];
  return spawnSync('unshare', ['--mount', 'sh', '-c', exchange, at('cp'), ...command], { encoding: 'utf8' });
};

test.each([
  ['an ordinary file', undefined],
  ['an immutable file', immutable],
  ['an append-only file', appendOnly],
  ['a file with flags for backups and access times', 0x800c0],
])('%s keeps mode, owner, ACL, every extended attribute and flag', async (name, flags) => {
  const image = createImage(`${name.replaceAll(' ', '-')}.img`, flags);
  const before = attributesOf(image);
  expect(before.names.map((each) => each.trim()).toSorted()).toEqual([
    'security.selinux',
    'system.posix_acl_access',
    'trusted.stranger',
    'user.note',
  ]);
  await replaceShadow(image);
  expect(lookInside(image)).toEqual({ text: newText, names: allNames });
  expect(attributesOf(image)).toEqual(before);
  expect(complaintsOf(image)).toBe('');
});

test('isImmutable tells both flags', async () => {
  for (const [flags, expected] of [
    [immutable, true],
    [appendOnly, true],
    [0x80000, false],
  ] as const) {
    await writing(createImage('flags.img', flags), async (tree) => {
      expect(await tree.isImmutable('/etc/shadow')).toBe(expected);
    });
  }
});

const ordinarySteps: readonly WriteStep[] = [
  'create-temporary',
  'write',
  'copy-attributes',
  'flush',
  'rename',
  'flush-folder',
];
const immutableSteps: readonly WriteStep[] = [
  ...ordinarySteps.slice(0, 4),
  'lift-immutable',
  'rename',
  'set-immutable',
  'flush-folder',
];

test('the steps, as a test can stop them', async () => {
  for (const [flags, expected] of [
    [undefined, ordinarySteps],
    [immutable, immutableSteps],
  ] as const) {
    const steps: WriteStep[] = [];
    await replaceShadow(createImage('steps.img', flags), (step) => steps.push(step));
    expect(steps).toEqual(expected);
  }
});

test.each(immutableSteps)(
  'a failure at %s leaves the old file or the new one, its flags, and no litter',
  async (lastStep) => {
    const image = createImage('failing.img', immutable);
    const before = attributesOf(image);
    const failing = replaceShadow(image, (step) => {
      if (step === lastStep) throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    const isDone = lastStep === 'set-immutable' || lastStep === 'flush-folder';
    expect(lookInside(image)).toEqual({ text: isDone ? newText : oldText, names: allNames });
    expect(attributesOf(image)).toEqual(before);
    expect(complaintsOf(image)).toBe('');
  },
);

test.each(immutableSteps)(
  'killed at %s: the old file or the new one, whole; no mount, no loop device',
  async (step) => {
    const image = createImage('killed.img', immutable);
    expect(replaceInProcess(image, step).signal).toBe('SIGKILL');
    await expect.poll(() => loopsOver(image), { timeout: 10_000 }).toBe('');
    const { text, names } = lookInside(image);
    expect([oldText, newText]).toContain(text);
    expect(names.filter((name) => name !== '.temporary')).toEqual(allNames);
    expect(attributesOf(image).names).toHaveLength(4);
    expect(complaintsOf(image)).toBe('');
  },
);

test('powered off at any step: the old file or the new one, whole, after the journal is replayed', async () => {
  const image = createImage('power.img');
  const copies: string[] = [];
  // What the image file holds at that moment is what the disk would hold, had the power gone.
  const copy = () => {
    copies.push(at(`power-${copies.length}.img`));
    copyFileSync(image, copies.at(-1) ?? '');
  };
  const before = attributesOf(image);
  await writing(
    image,
    async (tree) => {
      await tree.replaceFile('/etc/shadow', Buffer.from(newText), '.temporary');
      copy();
    },
    copy,
  );
  expect(copies).toHaveLength(ordinarySteps.length + 1);
  const texts = copies.map((each) => {
    spawnSync('e2fsck', ['-p', each]);
    expect(complaintsOf(each)).toBe('');
    const { facts, names, values } = attributesOf(each);
    expect({ facts, names, values }).toEqual(before);
    return lookInside(each).text;
  });
  for (const text of texts) expect([oldText, newText]).toContain(text);
  expect(texts[0]).toBe(oldText);
  expect(texts.at(-1)).toBe(newText);
});

test.each([
  ['does nothing', 'exit 0'],
  ['copies the mode and owner only', 'for last; do :; done; chown 7:42 -- "$last"; chmod 0640 -- "$last"'],
  ['is of another kind', 'echo "cp: unrecognized option" >&2; exit 1'],
])('a cp that %s is found out', (_, script) => {
  const image = createImage('lossy.img');
  const before = attributesOf(image);
  expect(replaceWithCp(image, script).stdout).toBe('attributes-lost');
  expect(lookInside(image)).toEqual({ text: oldText, names: allNames });
  expect(attributesOf(image)).toEqual(before);
});

test('an immutable folder is a refusal, not a failure halfway', async () => {
  for (const flags of [immutable, appendOnly]) {
    const image = createImage('folder.img');
    run('debugfs', ['-w', '-R', `set_inode_field /etc flags ${flags}`, image]);
    await expect(replaceShadow(image)).rejects.toMatchObject({ code: 'immutable-folder', details: { path: '/etc' } });
    expect(lookInside(image)).toEqual({ text: oldText, names: allNames });
  }
});

test('a temporary name that is taken is left alone', async () => {
  const image = createImage('taken.img');
  const replacing = writing(image, (tree) => tree.replaceFile('/etc/shadow', Buffer.from(newText), 'passwd'));
  await expect(replacing).rejects.toMatchObject({ code: 'write-failed', details: { reason: 'EEXIST' } });
  expect(lookInside(image)).toEqual({ text: oldText, names: allNames });
  expect(readWithDebugfs(image, '/etc/passwd')).toBe('root:x:0:0::/root:/bin/sh\n');
});

test('another hard link to the file keeps the old content', async () => {
  const image = createExtImage(at('hard.img'), {
    files: { 'etc/shadow': oldText },
    populate: (root) => run('ln', [join(root, 'etc/shadow'), join(root, 'snapshot')]),
  });
  await replaceShadow(image);
  expect(readWithDebugfs(image, '/etc/shadow')).toBe(newText);
  expect(readWithDebugfs(image, '/snapshot')).toBe(oldText);
  expect(complaintsOf(image)).toBe('');
});

test('what is no file is not replaced', async () => {
  await writing(createImage('none.img'), async (tree) => {
    const replace = (path: string) => tree.replaceFile(path, Buffer.from(newText), '.temporary');
    await expect(replace('/etc')).rejects.toMatchObject({ code: 'not-a-file' });
    await expect(replace('/etc/nothing')).rejects.toMatchObject({ code: 'file-missing' });
    await expect(replace('/nothing/there')).rejects.toMatchObject({ code: 'file-missing' });
  });
});
