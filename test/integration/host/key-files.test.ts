import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readKeyFilesIn } from '../../../src/host/medium/key-files.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { run } from '../../support/tools.ts';

const at = scratchFolder('key-files');
const namesIn = async (folder: string) => (await readKeyFilesIn(at(folder))).map(({ name }) => name);

test('plain files called *.pub are found, in order; links, folders and FIFOs are passed over, and none is waited for', async () => {
  mkdirSync(at('stick'));
  writeFileSync(at('stick/id_rsa.pub'), 'ssh-rsa AAAA');
  writeFileSync(at('stick/ID_ED25519.PUB'), 'ssh-ed25519 AAAA');
  writeFileSync(at('stick/id_rsa'), 'private');
  writeFileSync(at('stick/.pub.txt'), 'no key');
  symlinkSync('/etc/shadow', at('stick/shadow.pub'));
  mkdirSync(at('stick/folder.pub'));
  run('mkfifo', [at('stick/fifo.pub')]);
  expect(await namesIn('stick')).toEqual(['ID_ED25519.PUB', 'id_rsa.pub']);
  const [, rsa] = await readKeyFilesIn(at('stick'));
  expect(Buffer.from(rsa?.content ?? []).toString()).toBe('ssh-rsa AAAA');
});

test('a file without an end is read only as far as a key could go', async () => {
  mkdirSync(at('vast'));
  writeFileSync(at('vast/hole.pub'), 'ssh-ed25519 AAAA');
  truncateSync(at('vast/hole.pub'), 2 ** 40);
  const [file] = await readKeyFilesIn(at('vast'));
  expect(file?.content.length).toBe(64 * 1024 + 1);
});

test('of very many, some are shown', async () => {
  mkdirSync(at('many'));
  for (let index = 0; index < 500; index += 1) writeFileSync(at(`many/${index}.pub`), `${index}`);
  expect((await namesIn('many')).length).toBe(20);
});

test('a folder that is not there has none', async () => {
  expect(await namesIn('nowhere')).toEqual([]);
});
