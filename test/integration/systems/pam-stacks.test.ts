import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTree } from '../../../src/host/tree/tree.ts';
import { credentialFinder, readAccountFiles } from '../../../src/systems/linux/account-files.ts';
import { readToday } from '../../../src/systems/linux/disk-time.ts';
import { type Rehearsal, readPamModules, rehearse } from '../../../src/systems/linux/pam/rehearse.ts';
import { pamUserOf } from '../../../src/systems/linux/pam/user.ts';
import { createDebianDisk, forgotten } from '../../support/debian-disk.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { run } from '../../support/tools.ts';

/**
 * What is said of a service's stack, happens: a real Debian is brought into one state after the other, and its own
 * Linux-PAM is asked, with the right password: by pamtester(1) as login on tty1 and as sshd from an address, and by the
 * real su(1) of somebody else.
 */

const at = scratchFolder('pam-stacks');
const root = at('root');

beforeAll(() => {
  const disk = createDebianDisk(at('debian.img'));
  const { offsetBytes, sizeBytes } = disk.root;
  mkdirSync(root);
  run('mount', ['-o', `loop,offset=${offsetBytes},sizelimit=${sizeBytes}`, disk.path, root]);
  run('cp', ['/usr/bin/pamtester', `${root}/usr/bin/`]);
  run('cp', ['/etc/pam.d/sshd', `${root}/etc/pam.d/`]);
  // A failed attempt would wait for three seconds each time.
  inside(
    "sed -i 's/^auth.*pam_faildelay.*//' /etc/pam.d/login && sed -i 's/pam_unix.so/pam_unix.so nodelay/' /etc/pam.d/common-auth",
  );
  inside('groupadd --gid 900 wheel && useradd mallory && usermod -aG wheel alice');
  inside('mkdir -p /var/keep && cp -a /etc /var/keep/');
});

afterAll(() => {
  run('umount', ['--lazy', root]);
});

const inside = (script: string): string => run('chroot', [root, 'sh', '-ec', script]);
const restore = () => inside('rm -rf /etc; cp -a /var/keep/etc /etc');

type Service = 'login' | 'sshd' | 'su';
type User = keyof typeof forgotten;
const remote = '192.0.2.7';

const asked = (service: Service, user: User): Rehearsal['result'] => {
  const input = `${forgotten[user]}\n`;
  if (service === 'su') {
    const { status, stderr } = spawnSync('chroot', ['--userspec=mallory', root, 'su', '--command=true', user], {
      ...{ input, encoding: 'utf8' },
    });
    return stderr.includes('new one required') || stderr.includes('required to change')
      ? 'change'
      : status === 0
        ? 'open'
        : 'shut';
  }
  const item = service === 'login' ? 'tty=tty1' : `rhost=${remote}`;
  const items = service === 'sshd' ? ['-I', 'tty=ssh', '-I', item] : ['-I', item];
  const args = [root, 'pamtester', ...items, service, user, 'authenticate', 'acct_mgmt'];
  const { status, stdout, stderr } = spawnSync('chroot', args, { input, encoding: 'utf8' });
  const words = `${stdout}${stderr}`;
  if (/new one required/i.test(words)) return 'change';
  return status === 0 ? 'open' : 'shut';
};

const said = async (service: Service, user: User, host?: string): Promise<Rehearsal> => {
  const tree = createTree(root);
  const files = await readAccountFiles(tree, '/');
  const find = credentialFinder(files);
  const credential = find(user);
  const mallory = find('mallory');
  if (!credential || !mallory) throw new Error(`no ${user}`);
  const today = await readToday(tree, '/', Date.now(), undefined);
  const rehearsal = await rehearse({
    ...{ tree, home: '/', service, modules: await readPamModules(tree, '/') },
    user: pamUserOf(files, credential, today, false),
    tty: service === 'login' ? 'tty1' : service === 'sshd' ? 'ssh' : undefined,
    remote: service === 'sshd' ? (host === undefined ? {} : { host }) : undefined,
    ...(service === 'su' && {
      caller: { uid: mallory.passwd.uid, groups: pamUserOf(files, mallory, today, false).groups },
    }),
  });
  if (!rehearsal) throw new Error('PAM is not in use');
  return rehearsal;
};

const first = (line: string, file = 'login') => `sed -i '1i ${line}' /etc/pam.d/${file}`;
const account = (line: string) => first(`account ${line}`, 'common-account');
const auth = (line: string) => first(`auth ${line}`, 'common-auth');
const write = (path: string, ...lines: readonly string[]) =>
  `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} >${path}`;
const all = (...scripts: readonly string[]) => scripts.join('\n');
const accessRule = account('required pam_access.so');
const accessRules = (...lines: readonly string[]) => all(accessRule, write('/etc/security/access.conf', ...lines));

/** What each state does to the system; who gets in is asked of the system itself. */
const states: Readonly<Record<string, string>> = {
  'as Debian has it': 'true',
  'nologin for everybody but root': 'touch /etc/nologin',
  'nologin in a file of its own': all(
    'touch /srv/closed',
    first('account required pam_nologin.so file=/srv/closed', 'sshd'),
  ),
  'securetty without this terminal': all(
    first('auth required pam_securetty.so noconsole'),
    write('/etc/securetty', 'tty2', 'ttyS0'),
  ),
  'securetty with it': all(first('auth required pam_securetty.so noconsole'), write('/etc/securetty', 'tty1')),
  'securetty that anybody may write to': all(
    first('auth requisite pam_securetty.so'),
    write('/etc/securetty', 'tty1'),
    'chmod 666 /etc/securetty',
  ),
  'securetty without a list': first('auth requisite pam_securetty.so'),
  'access: nobody but root': accessRules('+:root:ALL', '-:ALL:ALL'),
  'access: nobody at the machine itself': accessRules('-:ALL:LOCAL'),
  'access: nobody from elsewhere': accessRules('-:ALL EXCEPT root:ALL EXCEPT LOCAL'),
  'access: one network alone': accessRules('+:ALL:192.0.2.0/24 LOCAL', '-:ALL:ALL'),
  'access: another network alone': accessRules('+:ALL:198.51.100.0/255.255.255.0', '-:ALL:ALL'),
  'access: a group': accessRules('+:(wheel):ALL', '-:ALL:ALL'),
  'access: an old-fashioned group': accessRules('+:wheel root:ALL', '-:ALL:ALL'),
  'access: no old-fashioned groups': all(
    account('required pam_access.so nodefgroup'),
    write('/etc/security/access.conf', '+:wheel:ALL', '-:ALL:ALL'),
  ),
  'access: a terminal': accessRules('-:bob:tty1', '-:root:tty2'),
  'access: a rule without an end, comments, odd fields': all(
    accessRule,
    "printf '# -:ALL:ALL\\n-:bob\\n- : ALL EXCEPT root : tty1\\n-:ALL:ALL' >/etc/security/access.conf",
  ),
  'access: exceptions of exceptions': accessRules('-:ALL EXCEPT wheel EXCEPT alice:ALL'),
  'access: other separators': all(
    account('required pam_access.so fieldsep=| listsep=;'),
    write('/etc/security/access.conf', '-|bob;alice|ALL'),
  ),
  'a list of who may': all(
    account('required pam_listfile.so item=user sense=allow file=/srv/list onerr=fail'),
    write('/srv/list', 'root', 'alice'),
  ),
  'a list of who may not': all(
    auth('required pam_listfile.so item=user sense=deny file=/srv/list onerr=succeed'),
    write('/srv/list', 'bob ', 'alice'),
  ),
  'a list that is not there, which fails': account(
    'required pam_listfile.so item=user sense=allow file=/srv/none onerr=fail',
  ),
  'a list that is not there, which is fine': account(
    'required pam_listfile.so item=user sense=allow file=/srv/none onerr=succeed',
  ),
  'a list of groups': all(
    account('required pam_listfile.so item=group sense=allow file=/srv/groups'),
    write('/srv/groups', 'wheel'),
  ),
  'a list of shells for one alone': all(
    account('required pam_listfile.so item=shell sense=deny file=/srv/shells apply=bob'),
    write('/srv/shells', '/bin/bash'),
  ),
  'time: never': all(account('required pam_time.so'), write('/etc/security/time.conf', '*;*;bob;!Al0000-2400')),
  'time: always, and for another service': all(
    account('required pam_time.so'),
    write('/etc/security/time.conf', '*;*;bob;Al0000-2400', 'ftp;*;*;!Al0000-2400'),
  ),
  'time: login on terminals': all(
    account('required pam_time.so'),
    write('/etc/security/time.conf', 'login;tty*;!root;!Al0000-2400'),
  ),
  'time: either of two services': all(
    account('required pam_time.so'),
    write('/etc/security/time.conf', 'sshd|ftp;*;alice|bob;!Al0000-2400'),
  ),
  'wheel may su': first('auth required pam_wheel.so', 'su'),
  'wheel may not su': first('auth required pam_wheel.so deny', 'su'),
  'wheel alone becomes root': first('auth required pam_wheel.so root_only use_uid', 'su'),
  'wheel, and the one who asks is in it': all('usermod -aG wheel mallory', first('auth required pam_wheel.so', 'su')),
  'shells without bash': all(first('auth required pam_shells.so'), write('/etc/shells', '/bin/sh')),
  'shells, listed with a comment behind': all(
    first('auth required pam_shells.so'),
    write('/etc/shells', '/bin/bash # good', '#/bin/bash'),
  ),
  'no list of shells': all(first('account requisite pam_shells.so'), 'rm /etc/shells'),
  'condition: a group': account('required pam_succeed_if.so quiet user ingroup wheel'),
  'condition: an id': account('required pam_succeed_if.so uid >= 1001'),
  'condition: services and users': account('required pam_succeed_if.so service notin sshd:ftp user != root'),
  'condition: a jump past what denies': all(
    account('requisite pam_deny.so'),
    account('[success=1 default=ignore] pam_succeed_if.so quiet user = alice'),
  ),
  'condition: a pattern': account('required pam_succeed_if.so shell =~ /bin/*sh home !~ /root*'),
  'condition: half of one': account('required pam_succeed_if.so uid >='),
  'everything denied': auth('requisite pam_deny.so'),
  'a module that is not there': account('required pam_nowhere.so'),
  'a module that is not there, and optional': account('optional pam_nowhere.so'),
  'a module that is not there, silently': account('-account required pam_nowhere.so').replace(
    'account -account',
    '-account',
  ),
  'an include that is not there': 'echo "account include nowhere" >>/etc/pam.d/login',
  'an @include that is not there': 'echo "@include nowhere" >>/etc/pam.d/login',
  'a substack that is done early': all(
    write('/etc/pam.d/inner', 'account sufficient pam_succeed_if.so quiet user = bob', 'account required pam_deny.so'),
    write(
      '/etc/pam.d/login',
      'auth include common-auth',
      'account substack inner',
      'account required pam_succeed_if.so user != alice',
    ),
  ),
  'the same as an include': all(
    write('/etc/pam.d/inner', 'account sufficient pam_succeed_if.so quiet user = bob', 'account required pam_deny.so'),
    write('/etc/pam.d/login', 'auth include common-auth', 'account include inner', 'account required pam_deny.so'),
  ),
  'a jump over a substack': all(
    write('/etc/pam.d/inner', 'account required pam_deny.so', 'account required pam_deny.so'),
    write(
      '/etc/pam.d/login',
      'auth include common-auth',
      'account [success=1 default=ignore] pam_succeed_if.so quiet user = bob',
      'account substack inner',
      'account required pam_permit.so',
    ),
  ),
  'a jump too far': all(
    write(
      '/etc/pam.d/login',
      'auth include common-auth',
      'account [success=5 default=ignore] pam_permit.so',
      'account required pam_permit.so',
    ),
  ),
  'a reset, and die': all(
    write(
      '/etc/pam.d/login',
      'auth include common-auth',
      'account required pam_deny.so',
      'account [success=reset default=die] pam_succeed_if.so quiet user = bob',
      'account required pam_permit.so',
    ),
  ),
  'nothing that says yes': write('/etc/pam.d/login', 'auth include common-auth', 'account optional pam_deny.so'),
  'no account lines at all, so what other says': write('/etc/pam.d/login', 'auth include common-auth'),
  'no service': 'rm /etc/pam.d/login',
  'a control that is none': write('/etc/pam.d/login', 'auth include common-auth', 'account maybe pam_permit.so'),
  'joined lines and upper case': write(
    '/etc/pam.d/login',
    'AUTH Include common-auth',
    'Account Required \\',
    ' pam_succeed_if.so user [=] bob # alone',
  ),
  locked: 'passwd -q --lock bob',
  expired: 'chage --expiredate 2020-01-31 bob',
  'to be changed': 'chage --lastday 0 bob',
  'aged away': 'chage --lastday 2020-01-01 --maxdays 30 --inactive 10 bob',
  'no password': 'passwd -q --delete bob',
  'no password, and that is no longer fine': "passwd -q --delete bob; sed -i 's/nullok//' /etc/pam.d/common-auth",
};

const users: readonly User[] = ['root', 'alice', 'bob'];
const services: readonly Service[] = ['login', 'sshd', 'su'];

test.each(Object.entries(states))('%s', { timeout: 120_000 }, async (_, script) => {
  restore();
  inside(script);
  for (const service of services)
    for (const user of users) {
      const { result, blames } = await said(service, user, remote);
      const why = blames.map(({ step, reason }) => `${step.path}:${step.line} ${JSON.stringify(reason)}`).join('; ');
      expect(`${service} ${user} ${result} ${why}`).toBe(`${service} ${user} ${asked(service, user)} ${why}`);
      // What is not known beforehand may end so or so, and never otherwise than was said.
      const before = await said(service, user);
      if (before.result !== 'unknown') expect(before.result).toBe(result);
      else expect(before.blames.length).toBeGreaterThan(0);
    }
});
