import { expect, test } from 'vitest';
import { type ErrorCode, type KnownError, RescueError } from '../../../src/model/errors.ts';
import type { Notice, NoticeCode } from '../../../src/model/plan.ts';
import { languages, textFor } from '../../../src/text/index.ts';
import { describeNotice, sayError } from '../../../src/tui/words.ts';
import { laptop, startOf } from '../../support/tui-scenes.ts';

/** What the sentences of all codes together may ask for. */
const details = {
  ...{ tool: 'mount', output: '', path: '/mnt/x', kind: 'file', selector: 'sdb2', user: 'bob', task: 'undo' },
  ...{ system: 'debian@sdb2', swap: 'sdb3', command: 'fsck.ext4 -f /dev/sdb2', reason: 'EIO', message: '?' },
  ...{ version: '9', known: '1', journal: '/x', id: '20261121-060000-c3d4', name: 'x', archive: 'x.tar', source: 'y' },
  ...{ sizeBytes: 1, limitBytes: 1, neededBytes: 1, freeBytes: 1, length: 1, count: 1, label: 'x', profile: 'debian' },
  ...{
    mountPoints: ['/mnt'],
    candidates: ['a'],
    accounts: ['a'],
    accepted: ['a'],
    ids: ['a'],
    files: ['/a'],
    selectors: ['sdb2'],
  },
  ...{
    root: 'sdb2',
    at: '/home',
    where: 'homed',
    selectors: ['sdb2'],
    target: '/goal',
    type: 'linux_raid_member',
    users: ['bob', 'Bob'],
    nodes: ['branch-7-a', 'branch-7-b'],
    others: ['Bob'],
    person: 'Bob',
    exact: 'Eve',
    date: '2026-12-31',
  },
  ...{ group: 'vg0', missing: [{ uuid: 'x', sizeBytes: 1 }], present: 1, devices: 2, tried: 0, missingBytes: 1 },
  ...{ problems: [], note: 'locked', purpose: { task: 'reset-password', user: 'bob', system: 'debian@sdb2' } },
};

/** Options, commands of ours, and "the same command": in the text UI there is nothing to type them into. */
const commands = /--[a-z]|`sparekey|same command|même commande/i;

test.each(languages)('in %s no refusal and no notice tells of a command that nobody can type there', (language) => {
  const state = startOf(laptop, language);
  const text = textFor(language);
  const codes = Object.keys(text.errors) as ErrorCode[];
  const errors = codes.map((code) => new RescueError(code, details as never) as KnownError);
  for (const error of errors) expect(sayError(state, error).join(' '), error.code).not.toMatch(commands);
  const locked = errors.find(({ code }) => code === 'account-locked');
  for (const code of Object.keys(text.notices) as NoticeCode[]) {
    const notice = { code, details: { ...details, error: locked } } as unknown as Notice;
    expect(describeNotice(state, notice), code).not.toMatch(commands);
  }
  expect(errors.length).toBeGreaterThan(40);
});
