import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/engine/digest.ts';
import { createTree } from '../../../src/host/tree/tree.ts';
import type { Finding } from '../../../src/model/finding.ts';
import { findingsOf } from '../../support/checking.ts';
import { createDebianDisk, forgotten } from '../../support/debian-disk.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { run } from '../../support/tools.ts';

/**
 * What `check` says, happens: a real Debian is brought into one state after the other, and its own PAM and its own su
 * are asked who gets in, with the right password. pamtester(1) asks as login(1) would, for a password and then whether the
 * account may be used; su(1) shows whether the shell lets anybody in.
 */

const at = scratchFolder('pam');
const root = at('root');
const tree = () => createTree(root);

beforeAll(() => {
  const disk = createDebianDisk(at('debian.img'));
  const { offsetBytes, sizeBytes } = disk.root;
  mkdirSync(root);
  run('mount', ['-o', `loop,offset=${offsetBytes},sizelimit=${sizeBytes}`, disk.path, root]);
  run('cp', ['/usr/bin/pamtester', `${root}/usr/bin/`]);
  // A failed attempt would wait for three seconds each time.
  inside(
    "sed -i 's/^auth.*pam_faildelay.*//' /etc/pam.d/login && sed -i 's/pam_unix.so/pam_unix.so nodelay/' /etc/pam.d/common-auth",
  );
  inside('mkdir -p /var/keep && cp -a /etc /home /root /var/keep/');
});

afterAll(() => {
  run('umount', ['--lazy', root]);
});

const inside = (script: string): string => run('chroot', [root, 'sh', '-ec', script]);

const restore = () =>
  inside('rm -rf /etc/nologin /srv/faillock && for d in etc home root; do rm -rf /$d; cp -a /var/keep/$d /$d; done');

/** How a door answers to the right password. */
type Answer = 'open' | 'change' | 'shut';

const answerOf = (user: string, password: string): Answer => {
  const pamtester = spawnSync('chroot', [root, 'pamtester', 'login', user, 'authenticate', 'acct_mgmt'], {
    input: `${password}\n`,
    encoding: 'utf8',
  });
  const words = `${pamtester.stdout}${pamtester.stderr}`;
  if (words.includes('new one required')) return 'change';
  if (pamtester.status !== 0) return 'shut';
  const su = spawnSync('chroot', ['--userspec=nobody:nogroup', root, 'su', '--command=true', user], {
    input: `${password}\n`,
    encoding: 'utf8',
  });
  // Root alone gets past what login, and not su, asks for.
  return su.status === 0 ? 'open' : 'shut';
};

const predicted = (findings: readonly Finding[]): Answer => {
  const console = findings.filter(({ doors }) => doors.includes('console'));
  if (console.some(({ isShut, certainty }) => isShut && certainty !== 'possible')) return 'shut';
  return console.length > 0 ? 'change' : 'open';
};

/** Carries out the cures of amending edits and removals, as the engine would. */
const cure = (findings: readonly Finding[]): void => {
  for (const edit of findings.flatMap((finding) => finding.cure?.edits ?? [])) {
    const path = `${root}${edit.path}`;
    if (edit.kind === 'amend') writeFileSync(path, edit.amend(readFileSync(path)));
    if (edit.kind === 'remove') rmSync(path);
    if (edit.kind === 'create') writeFileSync(path, edit.content, { mode: edit.attributes.mode });
  }
};

const faillock = [
  "sed -i '1i auth required pam_faillock.so preauth' /etc/pam.d/common-auth",
  // A password that is right goes past what counts failures, as pam_faillock(8) has it.
  "sed -i '/pam_unix/s/success=1/success=2/; /pam_unix/a auth [default=die] pam_faillock.so authfail' /etc/pam.d/common-auth",
  'echo account required pam_faillock.so >>/etc/pam.d/common-account',
  'mkdir -p /srv/faillock && echo dir=/srv/faillock >/etc/security/faillock.conf',
].join(' && ');
/** So many records, so many seconds ago. */
const tally = (count: number, secondsAgo: number, user = 'bob') =>
  `perl -e 'print pack("a52vvQ<", "tty1", 0, 1, time - ${secondsAgo}) x ${count}' >/srv/faillock/${user}`;
const shells = "sed -i '1i auth required pam_shells.so' /etc/pam.d/login";
const field = (number: number, value: string, user = 'bob') =>
  `sed -i -E '/^${user}:/s/^(([^:]*:){${number - 1}})[^:]*/\\1${value}/' /etc/shadow`;
const daysAgo = (days: number) => `$(( $(date +%s) / 86400 - ${days} ))`;
/** Some days from shell arithmetic, in a field of shadow. */
const dated = (number: number, days: number) =>
  field(number, 'DAY').replace(/$/, ` && sed -i "s/DAY/${daysAgo(days)}/" /etc/shadow`);

type States = Readonly<Record<string, State>>;

interface State {
  readonly script: string;
  readonly finds: readonly string[];
  /** Every fault can be cured, so that the right password opens the door. */
  readonly isCured?: true;
  readonly user?: 'root' | 'bob';
  readonly answer: Answer;
}

const states: States = {
  'in order': { script: 'true', finds: [], answer: 'open' },
  'root in order': { script: 'true', finds: [], answer: 'open', user: 'root' },
  'locked by passwd --lock': {
    script: 'passwd -q --lock bob',
    finds: ['password-locked'],
    answer: 'shut',
    isCured: true,
  },
  'locked by usermod --lock, twice': {
    script: 'usermod --lock bob; sed -i "s/^bob:!/bob:!!/" /etc/shadow',
    finds: ['password-locked'],
    answer: 'shut',
    isCured: true,
  },
  'locked by a star': {
    script: 'sed -i "s/^bob:/bob:*/" /etc/shadow',
    finds: ['password-locked'],
    answer: 'shut',
    isCured: true,
  },
  'never had a password': { script: field(2, '!'), finds: ['password-locked'], answer: 'shut' },
  'a word for a hash': { script: field(2, 'secret'), finds: ['password-unusable'], answer: 'shut' },
  'locked in passwd itself': {
    script: `h=$(grep ^bob: /etc/shadow | cut -d: -f2); sed -i "s|^bob:x:|bob:!$h:|" /etc/passwd`,
    finds: ['password-locked'],
    answer: 'shut',
    isCured: true,
  },
  'a hash in passwd': {
    script: `h=$(grep ^bob: /etc/shadow | cut -d: -f2); sed -i "s|^bob:x:|bob:$h:|" /etc/passwd`,
    finds: [],
    answer: 'open',
  },
  'no password at all': { script: field(2, ''), finds: ['no-password'], answer: 'open' },
  'no line in shadow': { script: 'sed -i /^bob:/d /etc/shadow', finds: ['no-shadow-line'], answer: 'shut' },
  'expired yesterday': { script: dated(8, 1), finds: ['account-expired'], answer: 'shut', isCured: true },
  'expires today': { script: dated(8, 0), finds: ['account-expired'], answer: 'shut', isCured: true },
  'expires tomorrow': { script: dated(8, -1), finds: [], answer: 'open' },
  'expired on the first day of all': {
    script: field(8, '1'),
    finds: ['account-expired'],
    answer: 'shut',
    isCured: true,
  },
  'root has expired': {
    script: field(8, '1', 'root'),
    finds: ['account-expired'],
    answer: 'shut',
    isCured: true,
    user: 'root',
  },
  'has to change the password': {
    script: 'chage --lastday 0 bob',
    finds: ['password-change-due'],
    answer: 'change',
    isCured: true,
  },
  'a password older than it may be': {
    script: `chage --maxdays 10 bob && ${dated(3, 30)}`,
    finds: ['password-change-due'],
    answer: 'change',
    isCured: true,
  },
  'a password on its last day': { script: `chage --maxdays 30 bob && ${dated(3, 30)}`, finds: [], answer: 'open' },
  'inactive for too long': {
    script: `chage --maxdays 10 --inactive 5 bob && ${dated(3, 30)}`,
    finds: ['password-too-old'],
    answer: 'shut',
    isCured: true,
  },
  'inactive, but not yet for too long': {
    script: `chage --maxdays 10 --inactive 20 bob && ${dated(3, 30)}`,
    finds: ['password-change-due'],
    answer: 'change',
    isCured: true,
  },
  'expired, locked and too old at once': {
    script: `usermod --lock bob && chage --maxdays 10 --inactive 5 bob && ${dated(3, 30)} && ${field(8, '1')}`,
    finds: ['password-locked', 'account-expired', 'password-too-old'],
    answer: 'shut',
    isCured: true,
  },
  'nologin as a shell': {
    script: 'usermod --shell /usr/sbin/nologin bob',
    finds: ['shell-refuses'],
    answer: 'shut',
    isCured: true,
  },
  'false as a shell': {
    script: 'usermod --shell /bin/false bob',
    finds: ['shell-refuses'],
    answer: 'shut',
    isCured: true,
  },
  'a shell that was removed': {
    script: "sed -i '/^bob:/s|[^:]*$|/usr/bin/fish|' /etc/passwd",
    finds: ['shell-missing'],
    answer: 'shut',
    isCured: true,
  },
  'no shell named': { script: "sed -i '/^bob:/s|[^:]*$||' /etc/passwd", finds: [], answer: 'open' },
  'a shell that is not listed, and asked for': {
    script: `${shells} && sed -i /bash/d /etc/shells`,
    finds: ['shell-not-listed'],
    answer: 'shut',
    isCured: true,
  },
  'a shell that is not listed, and nobody asks': { script: 'sed -i /bash/d /etc/shells', finds: [], answer: 'open' },
  'nologin for everybody': {
    script: 'echo later >/etc/nologin',
    finds: ['nologin-file'],
    answer: 'shut',
    isCured: true,
  },
  'three failed logins, kept': {
    script: `${faillock} && ${tally(3, 60)}`,
    finds: ['faillock'],
    answer: 'shut',
    isCured: true,
  },
  'two failed logins': { script: `${faillock} && ${tally(2, 60)}`, finds: [], answer: 'open' },
  'three failed logins, long ago': { script: `${faillock} && ${tally(3, 700)}`, finds: [], answer: 'open' },
  'three failed logins, long ago, and never opened': {
    script: `${faillock} && echo unlock_time=0 >>/etc/security/faillock.conf && ${tally(3, 70_000)}`,
    finds: ['faillock'],
    answer: 'shut',
    isCured: true,
  },
  'never opened, in another word': {
    script: `${faillock} && echo 'unlock_time = never' >>/etc/security/faillock.conf && ${tally(3, 70_000)}`,
    finds: ['faillock'],
    answer: 'shut',
    isCured: true,
  },
  'five are too many, three are not': {
    script: `${faillock} && echo deny=5 >>/etc/security/faillock.conf && ${tally(3, 60)}`,
    finds: [],
    answer: 'open',
  },
  'root is not locked by failures': {
    script: `${faillock} && ${tally(5, 60, 'root')}`,
    finds: [],
    answer: 'open',
    user: 'root',
  },
  'root is, where that is asked for': {
    script: `${faillock} && echo even_deny_root >>/etc/security/faillock.conf && ${tally(5, 60, 'root')}`,
    finds: ['faillock'],
    answer: 'shut',
    user: 'root',
    isCured: true,
  },
  'a home that is gone': { script: 'rm -rf /home/bob', finds: ['home-missing'], answer: 'open' },
  'a home that is alice’s': { script: 'chown alice: /home/bob', finds: ['home-not-own'], answer: 'open' },
  'shadow is missing': {
    script: 'cp -p /etc/shadow /etc/shadow- && rm /etc/shadow',
    finds: ['shadow-missing'],
    answer: 'shut',
    isCured: true,
  },
  'shadow is empty': {
    script: 'cp -p /etc/shadow /etc/shadow- && : >/etc/shadow',
    finds: ['shadow-empty'],
    answer: 'shut',
    isCured: true,
  },
};

describe('what check says, happens', () => {
  test.each(Object.entries(states))('%s', async (_, { script, finds, answer, isCured, user = 'bob' }: State) => {
    restore();
    inside(script);
    const look = () => findingsOf(tree(), user, { nowMs: Date.now() });
    const findings = await look();
    expect(findings.map(({ id }) => id)).toEqual(finds);
    expect(answerOf(user, forgotten[user])).toBe(answer);
    expect(predicted(findings)).toBe(answer);
    if (!isCured) return;
    cure(findings);
    expect(await look()).toEqual([]);
    expect(answerOf(user, forgotten[user])).toBe('open');
  });

  test('of at least thirty states', () => {
    expect(Object.keys(states).length).toBeGreaterThanOrEqual(30);
  });
});

test('with the clock of the rescuer at 1970, the day that the disk knows decides as the real one does', async () => {
  restore();
  inside(`chage --maxdays 10 --inactive 5 bob && ${dated(3, 30)}`);
  // A file that a running system writes to again and again.
  inside('mkdir -p /var/lib/systemd && touch /var/lib/systemd/random-seed');
  const findings = await findingsOf(tree(), 'bob', { nowMs: 180_000 });
  expect(findings.map(({ id }) => id)).toEqual(['password-too-old']);
  expect(answerOf('bob', forgotten.bob)).toBe('shut');
  cure(findings);
  expect(answerOf('bob', forgotten.bob)).toBe('open');
});

test('a cure on a system without that fault finds nothing to do, and changes no byte', async () => {
  restore();
  inside('usermod --lock bob && chage --lastday 0 bob');
  const [lock, due] = await findingsOf(tree(), 'bob', { nowMs: Date.now() });
  restore();
  const healthy = readFileSync(`${root}/etc/shadow`);
  const [lift] = lock?.cure?.edits ?? [];
  expect(lift?.kind === 'amend' && digestOf(lift.amend(healthy))).toBe(digestOf(healthy));
  expect(due?.code).toBe('password-change-due');
});
