import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parsePublicKey } from '../../../src/formats/public-key.ts';
import { run } from '../../support/tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'sparekey-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A key pair made by ssh-keygen. @returns the path of the private key */
const makeKey = (name: string, args: readonly string[]): string => {
  const path = join(folder, name);
  run('ssh-keygen', ['-q', '-N', '', '-C', 'bob@laptop', '-f', path, ...args]);
  return path;
};

const parse = (text: string) => parsePublicKey(Buffer.from(text));
const ed25519 = makeKey('ed25519', ['-t', 'ed25519']);
const line = readFileSync(`${ed25519}.pub`, 'utf8').trim();
const [, base64 = ''] = line.split(' ');

describe('keys that ssh-keygen made', () => {
  test.each([
    ['ed25519', []],
    ['rsa', ['-b', '3072']],
    ['rsa', ['-b', '1024']],
    ['ecdsa', ['-b', '256']],
    ['ecdsa', ['-b', '384']],
    ['ecdsa', ['-b', '521']],
  ])('%s %j: the fingerprint is that of ssh-keygen -l', (type, bits) => {
    const path = makeKey(`whole-${type}${bits.join('')}`, ['-t', type, ...bits]);
    const parsed = parsePublicKey(readFileSync(`${path}.pub`));
    const [, fingerprint] = run('ssh-keygen', ['-l', '-f', `${path}.pub`]).split(' ');
    expect(parsed).toMatchObject({ key: { fingerprint, comment: 'bob@laptop' } });
  });

  test.each([
    ['a byte order mark and CRLF', Buffer.from(`\ufeff${line}\r\n\r\n`)],
    ['UTF-16, as Windows PowerShell writes it', Buffer.from(`\ufeff${line}\r\n`, 'utf16le')],
    ['blanks, an empty line and a comment', Buffer.from(`# laptop\n\n  \t${line}  \n`)],
    ['no comment', Buffer.from(line.split(' ').slice(0, 2).join(' '))],
  ])('with %s', (_, bytes) => {
    expect(parsePublicKey(bytes)).toMatchObject({ key: { type: 'ssh-ed25519', base64 } });
  });
});

describe('what is refused', () => {
  test('private keys: OpenSSH, PEM, PKCS #8, PuTTY', () => {
    const pem = makeKey('pem', ['-t', 'rsa', '-m', 'PEM', '-b', '2048']);
    const pkcs8 = makeKey('pkcs8', ['-t', 'rsa', '-m', 'PKCS8', '-b', '2048']);
    const putty = 'PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\nComment: bob\r\nPublic-Lines: 2\r\n';
    for (const bytes of [...[ed25519, pem, pkcs8].map((path) => readFileSync(path)), Buffer.from(putty)])
      expect(parsePublicKey(bytes)).toEqual({ flaw: 'private-key' });
  });

  test('public keys in formats that sshd does not read', () => {
    for (const format of ['RFC4716', 'PEM', 'PKCS8']) {
      const rsa = makeKey(`other-${format}`, ['-t', 'rsa', '-b', '2048']);
      const exported = run('ssh-keygen', ['-e', '-m', format, '-f', rsa]);
      expect(parse(exported)).toEqual({ flaw: 'other-format' });
    }
  });

  test.each([
    ['options', `command="/bin/true",no-pty ${line}`],
    ['options', `restrict ${line}`],
    ['options', `from="10.0.0.0/8 , *.example" ${line}`],
    ['options', `cert-authority ${line}`],
    ['several', `${line}\n${line}\n`],
    ['damaged', `${line.slice(0, 40)}\n${line.slice(40)}`],
    ['damaged', line.replace(base64, base64.slice(0, -4))],
    ['damaged', line.replace(base64, `${base64}AAAA`)],
    ['damaged', line.replace('ssh-ed25519', 'ssh-rsa')],
    ['damaged', line.replace('ssh-ed25519', 'ssh-ed448')],
    ['damaged', line.replace('AAAA', 'AAA-')],
    ['damaged', `ssh-ed25519 ${base64} bob\u0007`],
    ['outdated', 'ssh-dss AAAAB3NzaC1kc3MAAACBAPY bob'],
    ['no-key', ''],
    ['no-key', '\n# nothing\n'],
    ['no-key', 'my secret password'],
    ['no-key', base64],
  ])('%s: %j', (flaw, text) => {
    expect(parse(text)).toEqual({ flaw });
  });

  test('a key that ssh-keygen does not read is none of ours, wherever it is cut', () => {
    const path = join(folder, 'cut.pub');
    for (let length = 12; length < line.length - 'bob@laptop'.length; length += 3) {
      writeFileSync(path, `${line.slice(0, length)}\n`);
      expect(parsePublicKey(readFileSync(path))).not.toHaveProperty('key');
    }
  });

  test('a certificate', () => {
    const authority = makeKey('authority', ['-t', 'ed25519']);
    run('ssh-keygen', ['-q', '-s', authority, '-I', 'bob', '-n', 'bob', `${ed25519}.pub`]);
    expect(parsePublicKey(readFileSync(`${ed25519}-cert.pub`))).toEqual({ flaw: 'certificate' });
  });
});
