import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { createTree } from '../../../src/host/tree/tree.ts';
import { doorStates, type Finding } from '../../../src/model/finding.ts';
import { findingsOf } from '../../support/checking.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { sshdDoor, type TriedDoor } from '../../support/sshd-door.ts';
import { run } from '../../support/tools.ts';

/** What is said of SSH, happens: a real sshd on the loopback is logged in to, with the right password and with the key. */

const at = scratchFolder('ssh-doors');
const root = at('root');
const password = 'correct horse';
const port = 22_000 + (process.pid % 10_000);
const door = sshdDoor(root, port);

const shell = (script: string) => run('sh', ['-ec', `cd '${root}'; ${script}`]);

beforeAll(() => {
  const [hash] = run('perl', ['-e', `print crypt('${password}', '$6$saltsalt$')`]).split('\n');
  shell('mkdir -p etc/ssh/sshd_config.d home usr/sbin bin');
  cpSync('/usr/sbin/sshd', `${root}/usr/sbin/sshd`);
  run('cp', ['-L', '/bin/sh', `${root}/bin/sh`]);
  cpSync('/etc/pam.d', `${root}/etc/pam.d`, { recursive: true });
  const own = (file: string, lines: string) =>
    writeFileSync(`${root}/etc/${file}`, `${readFileSync(`/etc/${file}`, 'utf8')}${lines}`);
  own('passwd', 'bob:x:4001:4001::/home/bob:/bin/sh\neve:x:4002:4002::/home/eve:/bin/sh\n');
  own('group', 'bob:x:4001:\neve:x:4002:\nfriends:x:4003:bob\n');
  own('shadow', `bob:${hash}:19000:0:99999:7:::\neve:*:19000:0:99999:7:::\n`);
  shell('mkdir etc.kept && cp -a etc/passwd etc/group etc/shadow etc/ssh etc.kept/');
});

/** As it is at first: bob has a home of his own, and a key in it. */
const restore = () => {
  shell('cp -a etc.kept/passwd etc.kept/group etc.kept/shadow etc/; rm -rf etc/ssh home; cp -a etc.kept/ssh etc/ssh');
  mkdirSync(`${root}/home/bob/.ssh`, { recursive: true });
  cpSync(door.publicKey, `${root}/home/bob/.ssh/authorized_keys`);
  shell(
    'chown -R 4001:4001 home/bob; chmod 755 home/bob; chmod 700 home/bob/.ssh; chmod 600 home/bob/.ssh/authorized_keys',
  );
};

interface State {
  readonly config?: string;
  readonly script?: string;
}

const states: Readonly<Record<string, State>> = {
  'as it is': {},
  'with PAM': { config: 'UsePAM yes' },
  'no passwords': { config: 'PasswordAuthentication no\nKbdInteractiveAuthentication no' },
  'no passwords, but questions that PAM asks': { config: 'PasswordAuthentication no\nUsePAM yes' },
  'no passwords, and questions that nobody asks': { config: 'PasswordAuthentication no\nUsePAM no' },
  'no keys': { config: 'PubkeyAuthentication no' },
  allowed: { config: 'AllowUsers eve bob' },
  'not allowed': { config: 'AllowUsers eve b' },
  'allowed from here': { config: 'AllowUsers bob@127.0.0.0/8' },
  'allowed from elsewhere': { config: 'AllowUsers bob@192.0.2.*' },
  denied: { config: 'DenyUsers eve bo?' },
  'denied by a list that names a pattern with a sign': { config: 'DenyUsers !bob' },
  'in an allowed group': { config: 'AllowGroups eve friends' },
  'in no allowed group': { config: 'AllowGroups eve' },
  'in a denied group': { config: 'DenyGroups fr*' },
  'allowed and denied': { config: 'AllowUsers bob\nDenyGroups bob' },
  'not allowed, but in a block of his own': { config: 'AllowUsers eve\nMatch User bob\n\tAllowUsers bob' },
  'a key and then a password': { config: 'AuthenticationMethods publickey,password' },
  'a key, or both': { config: 'AuthenticationMethods password,publickey publickey' },
  'methods of which one is off': {
    config: 'PasswordAuthentication no\nKbdInteractiveAuthentication no\nAuthenticationMethods password publickey',
  },
  'a group that may write to the home': { script: 'chmod 775 home/bob' },
  'the same, and nobody minds': { script: 'chmod 775 home/bob', config: 'StrictModes no' },
  'a group with others in it that may write to the home': {
    script: 'chmod 775 home/bob; chgrp 4003 home/bob; sed -i /^friends:/s/$/,eve/ etc/group',
  },
  'a group without anybody in it': {
    script: 'chmod 775 home/bob; chgrp 4003 home/bob; sed -i /^friends:/s/bob$// etc/group',
  },
  'a home of somebody else': { script: 'chown 4002 home/bob' },
  'a home of root': { script: 'chown 0:0 home/bob' },
  'a folder that others may write to': { script: 'chmod 707 home/bob/.ssh' },
  'keys that a group may write to': { script: 'chmod 660 home/bob/.ssh/authorized_keys' },
  'keys that others may read': { script: 'chmod 644 home/bob/.ssh/authorized_keys' },
  'keys of root that he may read': {
    script: 'chown 0:0 home/bob/.ssh/authorized_keys; chmod 644 home/bob/.ssh/authorized_keys',
  },
  'keys of root that he may not read': { script: 'chown 0:0 home/bob/.ssh/authorized_keys' },
  'a folder that he may not open': { script: 'chown 0:0 home/bob/.ssh' },
  'keys behind a link': { script: 'mv home/bob/.ssh home/bob/real; chmod 777 home/bob/real; ln -s real home/bob/.ssh' },
  'keys behind a link to a good place': { script: 'mv home/bob/.ssh home/bob/real; ln -s real home/bob/.ssh' },
  'keys elsewhere': {
    config: 'AuthorizedKeysFile /home/keys/%u',
    script:
      'mkdir home/keys; mv home/bob/.ssh/authorized_keys home/keys/bob; chown 0 home/keys/bob; chmod 644 home/keys/bob',
  },
  'keys in the second of two files': {
    config: 'AuthorizedKeysFile none-there %h/my-keys',
    script: 'mv home/bob/.ssh/authorized_keys home/bob/my-keys',
  },
  'keys elsewhere, in a folder that others may write to': {
    config: 'AuthorizedKeysFile /home/keys/%U',
    script: 'mkdir -m 777 home/keys; mv home/bob/.ssh/authorized_keys home/keys/4001',
  },
  'no files of keys': { config: 'AuthorizedKeysFile none' },
  'locked, without PAM': { config: 'UsePAM no', script: "sed -i 's/^bob:/bob:!/' etc/shadow" },
  'locked, with PAM': { config: 'UsePAM yes', script: "sed -i 's/^bob:/bob:!/' etc/shadow" },
  expired: { config: 'UsePAM yes', script: "sed -i '/^bob:/s/:::$/::18000:/' etc/shadow" },
  'expired, without PAM': { config: 'UsePAM no', script: "sed -i '/^bob:/s/:::$/::18000:/' etc/shadow" },
  'refused in a drop-in': {
    config: 'Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes',
    script:
      "printf 'PasswordAuthentication no\\nKbdInteractiveAuthentication no\\n' >etc/ssh/sshd_config.d/50-cloud-init.conf",
  },
  'a shell that is not there': { script: "sed -i '/^bob:/s#/bin/sh#/bin/fish#' etc/passwd" },
  'a line that nobody understands': { config: 'PasswordAuthentication perhaps' },
  'a setting that belongs outside': { config: 'Match User bob\n\tUsePAM yes' },
  'refused from the loopback alone': {
    config: 'Match Address 127.0.0.1\n\tPasswordAuthentication no\n\tKbdInteractiveAuthentication no',
  },
};

const said = async (): Promise<readonly Finding[]> => await findingsOf(createTree(root), 'bob', { nowMs: Date.now() });
const doors: readonly TriedDoor[] = ['ssh-password', 'ssh-key'];

test.each(Object.entries(states))('%s', { timeout: 120_000 }, async (_, { config = '', script = 'true' }) => {
  restore();
  writeFileSync(`${root}/etc/ssh/sshd_config`, `${config}\n`);
  shell(script);
  const findings = await said();
  const hasKeys = !/AuthorizedKeysFile none$/m.test(config);
  const states = doorStates(
    doors.map((each) => ({ door: each })),
    findings,
  );
  await tried(
    states.map(({ state }, index) => (doors[index] === 'ssh-key' && !hasKeys ? 'shut' : state)),
    findings,
  );
  // Each cure opens what it is for.
  for (const finding of findings) {
    const edits = finding.cure?.edits ?? [];
    if (!finding.code.startsWith('ssh-') || edits.length === 0) continue;
    const kept = new Map(edits.map(({ path }) => [path, readFileSync(`${root}${path}`)] as const));
    for (const edit of edits) {
      if (edit.kind !== 'amend') throw new Error('another kind of cure');
      const cured = edit.amend(readFileSync(`${root}${edit.path}`));
      expect(Buffer.from(edit.amend(cured))).toEqual(Buffer.from(cured));
      writeFileSync(`${root}${edit.path}`, cured);
    }
    const left = await said();
    expect(left.map(({ id }) => id)).not.toContain(finding.id);
    const others = left.filter(({ doors: shut }) => shut.some((each) => finding.doors.includes(each)));
    if (others.length === 0)
      await tried(
        doors.map((each) => (finding.doors.includes(each) ? 'open' : undefined)),
        left,
      );
    for (const [path, content] of kept) writeFileSync(`${root}${path}`, content);
  }
});

/** Knocks at both doors. What is not known beforehand may end either way. */
const tried = async (expected: readonly (string | undefined)[], findings: readonly Finding[]) => {
  const server = await door.start();
  try {
    for (const [index, each] of doors.entries()) {
      const isOpen = server.isRunning && door.opens(each, 'bob', password);
      const state = expected[index];
      const why = `${JSON.stringify(findings.map(({ id, certainty }) => `${id} ${certainty}`))} ${server.log()}`;
      if (state !== undefined && state !== 'unknown')
        expect(`${each} ${state} ${why}`).toBe(`${each} ${isOpen ? 'open' : 'shut'} ${why}`);
    }
  } finally {
    await server.stop();
  }
};
