import { readFileSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { complaintsOf, loopsOver, readWithDebugfs } from '../../support/disk-image.ts';
import { createLinuxDisk } from '../../support/linux-disk.ts';
import { Pty } from '../../support/pty.ts';
import { withMounted } from '../../support/recovery.ts';
import { rescuerAt } from '../../support/rescuer.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { run } from '../../support/tools.ts';

const at = scratchFolder('tui-key');
const keyLine = () => readFileSync(at('id_laptop.pub'), 'utf8').trim();
const fingerprint = () => run('ssh-keygen', ['-l', '-f', at('id_laptop.pub')]).split(' ')[1] ?? '';

/** The program as if it lay in a folder with a key file in it. */
const program = () => at('main.ts');

beforeAll(() => {
  run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bob@laptop', '-f', at('id_laptop')]);
  symlinkSync(fileURLToPath(new URL('../../../src/main.ts', import.meta.url)), program());
});

const isIn = (image: string): boolean => readWithDebugfs(image, '/home/bob/.ssh/authorized_keys').includes(keyLine());

test('a key file beside the program is found, let in for bob with his owner and mode, and taken back', async () => {
  const image = createLinuxDisk(at('card.img'));
  using pty = new Pty({ args: ['--disk', image], program: program() });
  const rescuer = rescuerAt(pty);
  await rescuer.enter(/^card\.img /, /Let an SSH key in/);
  await rescuer.enter(/Let an SSH key in/, /Who is locked out\?/);
  await rescuer.enter(/^bob\b/, /An SSH key for “bob”/);
  await rescuer.enter(/id_laptop\.pub +SHA256:/, /> Let the key in </);
  await pty.shows(fingerprint());
  await rescuer.pressed('Enter', /ssh bob@/);
  expect(isIn(image)).toBe(true);
  const found = withMounted(
    image,
    'ro,noload',
    'stat -c "%a %u:%g" "$1/home/bob/.ssh" "$1/home/bob/.ssh/authorized_keys"',
  );
  const [, uid, gid] = /^bob:x:(\d+):(\d+)/m.exec(readWithDebugfs(image, '/etc/passwd')) ?? [];
  expect(found.trim().split('\n')).toEqual([`700 ${uid}:${gid}`, `600 ${uid}:${gid}`]);

  await rescuer.toFirstScreen();
  await rescuer.volume(/^card\.img /).planUndo(/Key SHA256:/);
  await rescuer.pressed('Enter', /the files are as they were/);
  expect(run('debugfs', ['-R', 'ls -p /home/bob', image])).not.toContain('.ssh');
  pty.press('Right', 'Enter');
  expect(await pty.ends()).toBe(0);
  expect(loopsOver(image)).toBe('');
  expect(complaintsOf(image)).toBe('');
});

test('a pasted key is let in, in French; a pasted private key is refused', async () => {
  const image = createLinuxDisk(at('other.img'));
  using pty = new Pty({ args: ['--disk', image], environment: { LANG: 'fr_FR.UTF-8' } });
  const rescuer = rescuerAt(pty);
  await rescuer.enter(/^other\.img /, /Autoriser une clé SSH/);
  await rescuer.enter(/Autoriser une clé SSH/, /> root/);
  await rescuer.enter(/^bob\b/, /Une clé SSH pour « bob »/);
  pty.paste(readFileSync(at('id_laptop'), 'utf8'));
  await pty.shows('END OPENSSH PRIVATE KEY');
  await rescuer.pressed('Enter', /clé privée\. Laissez-la|C’est une clé privée/);
  pty.press('C-u');
  await pty.forgets('END OPENSSH');
  pty.paste(`${keyLine()}\r\n`);
  await pty.shows('bob@laptop_');
  await rescuer.pressed('Enter', /> Autoriser la clé </);
  await pty.shows(fingerprint());
  await rescuer.pressed('Enter', /la clé se trouve là où sshd la cherche/);
  expect(isIn(image)).toBe(true);
});
