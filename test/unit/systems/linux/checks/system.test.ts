import { expect, test } from 'vitest';
import { linuxChecks } from '../../../../../src/systems/linux/checks/index.ts';
import { subjectOf } from '../../../../support/checking.ts';
import { memoryTree } from '../../../../support/fixture-tree.ts';
import { bob, hash, linux, root } from '../../../../support/small-linux.ts';

const shadow = `root:${hash}:19000::::::\nbob:${hash}:19000::::::\n`;

test('/etc/nologin keeps everybody out, and is taken away', async () => {
  expect(await linuxChecks.ofSystem(subjectOf(linux(bob, '')))).toEqual([]);
  const tree = linux(bob, '', { '/etc/nologin': 'Back at six.\n' });
  expect(await linuxChecks.ofSystem(subjectOf(tree))).toMatchObject([
    {
      ...{ id: 'nologin-file', path: '/etc/nologin', isShut: true },
      cure: { isOwnLock: false, edits: [{ kind: 'remove', path: '/etc/nologin', attributes: { mode: 0o644 } }] },
    },
  ]);
});

test('a shadow file that is missing comes back from the copy beside it', async () => {
  const tree = memoryTree({ '/etc/passwd': root + bob, '/etc/shadow-': '', '/var/backups/shadow.bak': shadow });
  const [finding, ...others] = await linuxChecks.ofSystem(subjectOf(tree));
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    ...{ code: 'shadow-missing', details: { copy: '/var/backups/shadow.bak' } },
    cure: { edits: [{ kind: 'create', path: '/etc/shadow', content: new TextEncoder().encode(shadow) }] },
  });
  const [bare] = await linuxChecks.ofSystem(subjectOf(memoryTree({ '/etc/passwd': root + bob })));
  expect(bare).toMatchObject({ code: 'shadow-missing', details: {} });
  expect(bare?.cure).toBeUndefined();
});

test('one that is empty as well', async () => {
  const tree = memoryTree({ '/etc/passwd': root + bob, '/etc/shadow': '', '/etc/shadow-': shadow });
  const [finding] = await linuxChecks.ofSystem(subjectOf(tree));
  expect(finding).toMatchObject({ code: 'shadow-empty', details: { copy: '/etc/shadow-' } });
  const [edit] = finding?.cure?.edits ?? [];
  expect(edit?.kind === 'amend' && Buffer.from(edit.amend(new Uint8Array())).toString()).toBe(shadow);
});

test('a system without shadow passwords needs no shadow file', async () => {
  const tree = memoryTree({ '/etc/passwd': `root:${hash}:0:0::/root:/bin/sh\n` });
  expect(await linuxChecks.ofSystem(subjectOf(tree))).toEqual([]);
});
