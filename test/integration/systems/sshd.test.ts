import { cpSync, mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createTree } from '../../../src/host/tree/tree.ts';
import { readSshdConfiguration, type SshdConfiguration } from '../../../src/systems/linux/sshd/configuration.ts';
import { evaluateSshd, faultOf } from '../../../src/systems/linux/sshd/evaluate.ts';
import { isList, type SshdKeyword } from '../../../src/systems/linux/sshd/keywords.ts';
import { type SshdOptions, settingOf } from '../../../src/systems/linux/sshd/options.ts';
import { readSshdProgram } from '../../../src/systems/linux/sshd/version.ts';
import { seededRandom } from '../../support/random.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type SshdPrint, sshdJudge, type TestConnection } from '../../support/sshd.ts';
import { writeConfiguration } from '../../support/sshd-configurations.ts';
import { run } from '../../support/tools.ts';

/**
 * OpenSSH itself judges what we read out of its configuration: sshd -T prints what is in force for a connection. It
 * reads a folder that stands in the place of /etc/ssh for it alone.
 */

const at = scratchFolder('sshd');
const users = ['root', 'games', 'sync'] as const;
const groupsOf = (user: string) => run('id', ['-Gn', user]).trim().split(' ');
const groups = Object.fromEntries(users.map((user) => [user, groupsOf(user)]));

const keywords: readonly SshdKeyword[] = [
  ...([
    'passwordauthentication',
    'kbdinteractiveauthentication',
    'pubkeyauthentication',
    'permitemptypasswords',
  ] as const),
  ...([
    'usepam',
    'strictmodes',
    'usedns',
    'permitrootlogin',
    'allowusers',
    'denyusers',
    'allowgroups',
    'denygroups',
  ] as const),
  ...(['authenticationmethods', 'authorizedkeysfile', 'authorizedkeyscommand', 'authorizedkeyscommanduser'] as const),
  ...(['chrootdirectory', 'forcecommand'] as const),
];

const printed = (options: SshdOptions, { version }: SshdConfiguration, keyword: SshdKeyword): string => {
  const values = (options.get(keyword) ?? []).flatMap((saying) => saying.values);
  if (isList(keyword)) return values.join('\n');
  if (keyword === 'authorizedkeysfile') return values.join(' ') || '.ssh/authorized_keys .ssh/authorized_keys2';
  return values.length > 0 ? values.join(' ') : settingOf(options, keyword, version);
};

const taken = 510;
const seed = Number(process.env['SPAREKEY_SEED'] ?? 13);

const compare = async (judge: (connection: TestConnection) => SshdPrint, root: string, isNew: boolean) => {
  const random = seededRandom(seed);
  const seen = { refused: 0, taken: 0, compared: 0 };
  for (let round = 0; seen.taken < taken; round++) {
    const text = writeConfiguration(`${root}/etc/ssh`, random, { isNew });
    const configuration = await readSshdConfiguration(createTree(root), '/');
    if (!configuration) throw new Error('nothing was read');
    const connection: TestConnection = {
      user: random.pick(users),
      host: random.pick(['laptop.example', 'x', '192.0.2.7']),
      addr: random.pick(['192.0.2.7', '10.1.2.3', '2001:db8::7', '198.51.100.200']),
      laddr: random.pick(['198.51.100.1', '127.0.0.1']),
      lport: random.pick([22, 2222]),
    };
    const { user, host, addr, laddr, lport } = connection;
    const who = { name: user, groups: groups[user] ?? [] };
    const { options, undecided, ...atLogin } = evaluateSshd(configuration, {
      ...{ user: who, host, address: addr, localAddress: laddr, localPort: lport },
    });
    const fault = faultOf(configuration) ?? atLogin.fault;
    const said = judge(connection);
    const where = `${JSON.stringify({ seed, round, ...connection })}\n${text}\n${typeof said === 'string' ? said : ''}\n`;
    expect(`${where}refused: ${fault !== undefined}`).toBe(`${where}refused: ${typeof said === 'string'}`);
    expect(undecided).toEqual([]);
    if (typeof said === 'string') {
      seen.refused += 1;
      continue;
    }
    seen.taken += 1;
    for (const keyword of keywords) {
      const theirs = said.get(keyword)?.join('\n') ?? (isList(keyword) ? '' : 'none');
      expect(`${where}${keyword} ${printed(options, configuration, keyword)}`).toBe(`${where}${keyword} ${theirs}`);
      seen.compared += 1;
    }
  }
  console.log(
    `seed ${seed}: ${seen.taken} configurations taken by both and ${seen.refused} refused by both, ${seen.compared} values alike`,
  );
  expect(seen.refused).toBeGreaterThan(20);
};

test('what is in force is what sshd -T of this machine says', { timeout: 600_000 }, async () => {
  const root = at('own');
  mkdirSync(`${root}/usr/sbin`, { recursive: true });
  cpSync('/usr/sbin/sshd', `${root}/usr/sbin/sshd`);
  await compare(sshdJudge(`${root}/etc/ssh`), root, true);
});

/**
 * Other releases, from folders that hold one each: `mmdebstrap --variant=extract --include=openssh-server bullseye
 * FOLDER`, and the same for trixie; their names in SPAREKEY_SSHD_ROOTS, with a colon between them.
 */
const roots = (process.env['SPAREKEY_SSHD_ROOTS'] ?? '').split(':').filter((root) => root !== '');

test.for(roots)('what is in force is what sshd -T below %s says', { timeout: 600_000 }, async (root) => {
  const { version = 0 } = (await readSshdProgram(createTree(root), '/')) ?? {};
  await compare(sshdJudge(`${root}/etc/ssh`, root), root, version >= 807);
});
