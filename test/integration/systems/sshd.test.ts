import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createTree } from '../../../src/host/tree/tree.ts';
import { readSshdConfiguration } from '../../../src/systems/linux/sshd/configuration.ts';
import { decideSetting } from '../../../src/systems/linux/sshd/settings.ts';
import { seededRandom } from '../../support/random.ts';
import { run } from '../../support/tools.ts';

/**
 * OpenSSH itself judges what we read out of its configuration: sshd -T prints what is in force for a connection. It
 * reads a folder that stands in the place of /etc/ssh for it alone.
 */

const folder = mkdtempSync(join(tmpdir(), 'sparekey-sshd-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const configuration = join(folder, 'etc/ssh');
mkdirSync(`${configuration}/sshd_config.d`, { recursive: true });
const hostKey = `${configuration}/key`;
run('ssh-keygen', ['-q', '-N', '', '-t', 'ed25519', '-f', hostKey]);

const users = ['root', 'games', 'sync'] as const;
const groupsOf = (user: string) => run('id', ['-Gn', user]).trim().split(' ');

/** What sshd -T says of one keyword; it prints keywords in lower case. */
const judge = (user: string): ReadonlyMap<string, string> => {
  const test = `mkdir -p /run/sshd && mount --bind '${configuration}' /etc/ssh && exec /usr/sbin/sshd -T -h /etc/ssh/key`;
  const connection = `-C 'user=${user},host=laptop.example,addr=192.0.2.7'`;
  const lines = run('unshare', ['--mount', 'sh', '-c', `${test} ${connection}`]).split('\n');
  return new Map(lines.map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)] as const));
};

const values: Readonly<Record<string, readonly string[]>> = {
  permitrootlogin: ['yes', 'no'],
  passwordauthentication: ['yes', 'no'],
  pubkeyauthentication: ['yes', 'no'],
  authorizedkeysfile: ['.ssh/authorized_keys .ssh/authorized_keys2', '/etc/ssh/keys/%u', 'none', '"%h/my keys"'],
};
const keywords = Object.keys(values);
const matches = ['User root', 'User games,sync', 'Group root', 'Group !root,*', 'User !r*,g?mes', 'User=sync', 'all'];

test('what is in force is what sshd -T says, for random configurations', { timeout: 600_000 }, async () => {
  const random = seededRandom(11);
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)] as T;
  const setting = () => {
    const keyword = pick(keywords);
    return `${pick([keyword, keyword.toUpperCase()])}${pick([' ', '\t', ' = ', '='])}${pick(values[keyword] ?? [])}`;
  };
  const lines = (count: number): string[] =>
    Array.from({ length: count }, () =>
      pick([setting, setting, setting, () => `Match ${pick(matches)}`, () => '# x'])(),
    );
  const seen = { decided: 0, open: 0 };
  for (let round = 0; round < 60; round++) {
    writeFileSync(`${configuration}/sshd_config.d/1.conf`, `${lines(5).join('\n')}\n`);
    writeFileSync(`${configuration}/sshd_config.d/2.conf`, `${lines(3).join('\r\n').replaceAll('\r', '')}\n`);
    const include = 'Include sshd_config.d/*.conf';
    const main = [...lines(2), include, ...lines(6), ...(round % 3 === 0 ? ['Match User games', include] : [])];
    writeFileSync(`${configuration}/sshd_config`, `${main.join('\n')}\n`);
    const read = await readSshdConfiguration(createTree(folder), '/');
    for (const user of users) {
      const said = judge(user);
      for (const keyword of keywords) {
        const { line, conditional } = decideSetting(read ?? [], keyword, { name: user, groups: groupsOf(user) });
        expect(conditional).toEqual([]);
        if (line === undefined) seen.open += 1;
        else {
          seen.decided += 1;
          const where = JSON.stringify({ round, user, keyword, at: `${line.path}:${line.line}` });
          expect(`${where} ${line.values.join(' ')}`).toBe(`${where} ${said.get(keyword)}`);
        }
      }
    }
  }
  expect(seen.decided).toBeGreaterThan(300);
  expect(seen.open).toBeGreaterThan(20);
});
