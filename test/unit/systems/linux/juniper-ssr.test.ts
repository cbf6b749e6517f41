import { describe, expect, test } from 'vitest';
import { PasswordHash, Secret } from '../../../../src/model/secret.ts';
import { juniperSsr } from '../../../../src/systems/linux/juniper-ssr.ts';
import { textFor } from '../../../../src/text/index.ts';
import { errorSentence, noticeSentence } from '../../../../src/text/sentence.ts';
import { type FixtureFiles, type FixtureTree, fixtureTree } from '../../../support/fixture-tree.ts';
import { fixturePlace } from '../../../support/place.ts';
import { seededRandom } from '../../../support/random.ts';
import { nowMs } from '../../../support/small-linux.ts';

const ssr = (more: FixtureFiles = {}): FixtureTree => fixtureTree('juniper-ssr').with(more);
const detect = async (more: FixtureFiles) =>
  (await juniperSsr.detect({ ...fixturePlace('juniper-ssr'), tree: ssr(more) })).map(({ name }) => name);

const { accounts } = juniperSsr;
if (!accounts) throw new Error('no accounts');
const all = async (tree: FixtureTree) => [
  ...(await accounts.list(tree, '/', nowMs)),
  ...((await accounts.listOthers?.(tree, '/', nowMs)) ?? []),
];
const reset = async (name: string, tree = ssr()) => {
  const account = (await all(tree)).find((each) => each.name === name);
  if (!account) throw new Error(`no ${name}`);
  return accounts.setPassword(tree, '/', account, new Secret('new one'), {
    ...{ unlock: true, nowMs, randomBytes: seededRandom(5).bytes },
  });
};

const init = '/etc/128technology/global.init';
describe('what stands on the disk', () => {
  test.each<readonly [string, FixtureFiles, readonly string[]]>([
    ['a router', {}, ['Juniper Session Smart Router (branch-7, branch-7-a)']],
    [
      'a conductor, without a node of a router',
      { [init]: '{"init":{"routerName":"hq","conductor":{"hq-2":{},"hq-1":{}}}}' },
      ['Juniper Session Smart Conductor (hq, branch-7-a)'],
    ],
    ['a router whose file is damaged', { [init]: '{"init":' }, ['Juniper Session Smart Router']],
    [
      'names of the wrong kind',
      { [init]: '{"init":{"routerName":7,"control":[],"conductor":"x"}}' },
      ['Juniper Session Smart Router (branch-7-a)'],
    ],
  ])('%s', async (_, files, names) => {
    expect(await detect(files)).toEqual(names);
  });

  test('a plain CentOS is none', async () => {
    expect(await juniperSsr.detect(fixturePlace('rhel'))).toEqual([]);
  });
});

test('the router’s own users are told from those of Linux, and found by name where Linux does not know them yet', async () => {
  const owned = (await all(ssr())).map(({ name, notes }) => [name, notes.includes('router-owned')]);
  expect(Object.fromEntries(owned)).toMatchObject({
    ...{ root: false, t128: false, admin: true, marta: true, nightly: true },
  });
});

test.each(['admin', 'marta', 'nightly'])(
  '%s: the edit that would be lost is refused, with the reason and the way',
  async (name) => {
    const refusal = reset(name);
    await expect(refusal).rejects.toMatchObject({ code: 'router-owned', details: { user: name } });
    const error = await refusal.catch((caught) => caught);
    const english = errorSentence(textFor('en').errors, error);
    expect(english).toContain('a password set on the disk would be lost; nothing was written');
    expect(english).toContain(`on every node (branch-7-a, branch-7-b), one after the other: sudo passwd ${name}`);
    expect(english).toContain(`sudo su ${name}, and there: set password`);
    expect(errorSentence(textFor('fr').errors, error)).toContain(
      `sur chaque nœud (branch-7-a, branch-7-b), l’un après l’autre : sudo passwd ${name}`,
    );
  },
);

test('t128 gets its password, with what remains to do for the others; root gets his without', async () => {
  const { edits, warnings } = await reset('t128');
  expect(edits.map(({ path }) => path)).toEqual(['/etc/shadow']);
  const [next] = warnings.filter(({ code }) => code === 'router-users-next');
  if (!next) throw new Error('no steps');
  expect(noticeSentence(textFor('en').notices, next).split('\n')).toEqual([
    'The router’s own users (admin, marta, nightly) are not changed by this. To give one of them a new password, on the running system:',
    '1. Wait until 128T is running: systemctl status 128T',
    '2. Log in as t128, and set a password for now on every node (branch-7-a, branch-7-b), one after the other: sudo passwd admin',
    '3. Make it last: sudo su admin, and there: set password. Without this the next start of 128T undoes it.',
  ]);
  expect((await reset('root')).warnings.map(({ code }) => code)).not.toContain('router-users-next');
});

test('a ready hash is refused for them as well, and one node is no pair', async () => {
  const tree = ssr({ [init]: '{"init":{"routerName":"solo","control":{"solo-1":{}}}}' });
  const admin = (await all(tree)).find(({ name }) => name === 'admin');
  if (!admin) throw new Error('no admin');
  const refusal = accounts.setPassword(tree, '/', admin, new PasswordHash('$6$a$b'), {
    ...{ unlock: true, nowMs, randomBytes: seededRandom(5).bytes },
  });
  await expect(refusal).rejects.toMatchObject({ code: 'router-owned', details: { nodes: ['solo-1'] } });
  const error = await refusal.catch((caught) => caught);
  expect(errorSentence(textFor('en').errors, error)).not.toContain('every node');
});

test('a file of users that is damaged keeps nobody from t128', async () => {
  const tree = ssr({ '/var/lib/128technology/user-running.json': '{"datastore":{' });
  expect((await reset('t128', tree)).edits).toHaveLength(1);
  expect((await reset('root', tree)).warnings.map(({ code }) => code)).not.toContain('rewritten-at-boot');
  // Whom the router writes anew is not known then, and that is said.
  expect((await reset('admin', tree)).warnings.map(({ code }) => code)).toContain('rewritten-at-boot');
});
