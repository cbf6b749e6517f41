import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readWithDebugfs, sha256 } from '../../support/disk-image.ts';
import { createLinuxDisk } from '../../support/linux-disk.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { sparekey } from '../../support/sparekey.ts';
import { run } from '../../support/tools.ts';

const at = scratchFolder('job-key');

const runJob = (image: string, key: string, language = 'en', name: 'key' | 'key-file' = 'key') => {
  const steps = [
    `  - authorize-key: { user: bob, ${name}: "${key}" }`,
    '  - reset-password: { user: bob, generate: true }',
  ];
  writeFileSync(at('sparekey.yaml'), `version: 1\nlanguage: ${language}\nsteps:\n${steps.join('\n')}\n`);
  const { exitCode } = sparekey(['run', at('sparekey.yaml'), '--disk', image]);
  const text = readFileSync(at('sparekey-report.txt'), 'utf8');
  return { exitCode, text, report: JSON.parse(readFileSync(at('sparekey-report.json'), 'utf8')) };
};

test('a job lets a key in, says so, and leaves the key in the file', () => {
  run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bob@laptop', '-f', at('id')]);
  const key = readFileSync(at('id.pub'), 'utf8').trim();
  const image = createLinuxDisk(at('card.img'));
  const { exitCode, text, report } = runJob(image, key);
  expect(exitCode).toBe(0);
  expect(readWithDebugfs(image, '/home/bob/.ssh/authorized_keys')).toBe(`${key}\n`);
  const [, fingerprint = ''] = run('ssh-keygen', ['-l', '-f', at('id.pub')]).split(' ');
  expect(text).toContain(`Key ${fingerprint} for “bob”`);
  expect(text).toContain('the key stands where sshd looks for it');
  expect(report.steps[0]).toMatchObject({ status: 'done', line: 4 });
  expect(readFileSync(at('sparekey.done.yaml'), 'utf8')).toContain(key);
  // Taken back by what the report says.
  expect(sparekey(['undo', report.steps[0].undo, '--disk', image, '--yes']).exitCode).toBe(0);
  expect(() => readWithDebugfs(image, '/home/bob/.ssh/authorized_keys').trim()).not.toThrow();
  expect(run('debugfs', ['-R', 'ls -p /home/bob', image])).not.toContain('.ssh');
});

test.each(['ssh-ed25519 AAAA... bob@laptop', '-----BEGIN OPENSSH PRIVATE KEY-----', 'no-pty ssh-ed25519 AAAA'])(
  'what is no public key is refused with its line, and nothing is changed: %s',
  (key) => {
    const image = createLinuxDisk(at('other.img'));
    const before = sha256(image);
    const { exitCode, text } = runJob(image, key, 'fr');
    expect(exitCode).toBe(2);
    expect(text).toContain('ligne 4');
    expect(text).toContain('clé publique');
    expect(sha256(image)).toBe(before);
    expect(existsSync(at('sparekey.yaml'))).toBe(true);
  },
);

test('a key in a file beside the job is let in', () => {
  run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bob@desk', '-f', at('desk')]);
  const image = createLinuxDisk(at('beside.img'));
  const { exitCode, report } = runJob(image, 'desk.pub', 'en', 'key-file');
  expect(exitCode).toBe(0);
  expect(report.steps[0]).toMatchObject({ task: 'authorize-key', status: 'done' });
  expect(readWithDebugfs(image, '/home/bob/.ssh/authorized_keys')).toBe(readFileSync(at('desk.pub'), 'utf8'));
});

test.each([
  ['that is not there', 'nobody.pub', /nobody\.pub.*it is not there/],
  ['that is a link', 'linked.pub', /linked\.pub.*it is a link/],
  ['in another folder', '../other.pub', /other\.pub/],
  ['with a private key', 'desk', /This is a private key/],
])('a key file %s is refused, and nothing is changed', (_name, file, words) => {
  if (!existsSync(at('linked.pub'))) symlinkSync(at('desk.pub'), at('linked.pub'));
  const image = createLinuxDisk(at('refused.img'));
  const before = sha256(image);
  const { exitCode, text } = runJob(image, file, 'en', 'key-file');
  expect(exitCode).toBe(2);
  expect(text.replace(/\s+/g, ' ')).toMatch(words);
  expect(sha256(image)).toBe(before);
  expect(existsSync(at('sparekey.yaml'))).toBe(true);
});
