import { expect, test } from 'vitest';
import { parseBackupKeyFile } from '../../../src/formats/backup-key-file.ts';

const key = 'ABCD-1234-EF56-7890-WXYZ-4321-GH65';
const kit = `Home Assistant Backup Emergency Kit

This emergency kit contains your backup encryption key. You will need this key
to be able to restore your Home Assistant backups.

Date: November 17, 2026
Instance: Home
URL: http://homeassistant.local:8123

Encryption key:
${key}

For more information visit: https://www.home-assistant.io/more-info/backup-emergency-kit
`;
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

test.each([
  ['as it was downloaded', Buffer.from(kit), [key]],
  ['saved by Windows’ editor', Buffer.from(kit.replaceAll('\n', '\r\n')), [key]],
  ['saved as UTF-16', utf16(kit), [key]],
  ['saved with a mark before it', Buffer.from(`\ufeff${key}`), [key]],
  ['with the dashes of a word processor', Buffer.from(kit.replaceAll('-', '–')), [key]],
  ['with small letters', Buffer.from(kit.replace(key, key.toLowerCase())), [key.toLowerCase(), key]],
  ['the key alone', Buffer.from(`${key}\r\n`), [key]],
  ['a password alone', Buffer.from('my secret-key 1\n'), ['my secret-key 1']],
  ['a password, and a remark below', Buffer.from('my secret-key 1\nof the old house\n'), ['my secret-key 1']],
  ['a password that looks like a key and is longer', Buffer.from(`x${key}\n`), [`x${key}`]],
  [
    'two kits in one',
    Buffer.from(kit + kit.replace(key, key.replace('ABCD', 'AAAA'))),
    [key, key.replace('ABCD', 'AAAA')],
  ],
  ['nothing', Buffer.from('\n'), []],
])('a key file is taken %s', (_how, bytes, keys) => {
  expect(parseBackupKeyFile(bytes)).toEqual(keys);
});
