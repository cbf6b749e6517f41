import { createCipheriv, createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openSecureTar } from '../../../src/formats/securetar.ts';
import { run } from '../../support/tools.ts';

const salt = Buffer.from('0123456789abcdef');

const stretch = (bytes: Uint8Array): Buffer => {
  let digest = Buffer.from(bytes);
  for (let round = 0; round < 100; round++) digest = createHash('sha256').update(digest).digest();
  return digest.subarray(0, 16);
};

/** Version 1, as Home Assistant wrote it; Node's cipher pads by itself. */
const seal = (plain: Uint8Array, password: string): Buffer => {
  const key = stretch(Buffer.from(password));
  const cipher = createCipheriv('aes-128-cbc', key, stretch(Buffer.concat([key, salt])));
  return Buffer.concat([salt, cipher.update(plain), cipher.final()]);
};

const unseal = async (sealed: Uint8Array, password: string): Promise<Buffer> => {
  const source = (async function* () {
    yield sealed;
  })();
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await openSecureTar(source, password)).content) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const tarOf = (...args: readonly string[]): Buffer =>
  Buffer.from(run('sh', ['-c', 'tar -c "$@" | base64 -w0', 'sh', ...args]), 'base64');

const archives = {
  'a tar': tarOf('LICENSE'),
  'a tar with nothing in it': tarOf('-T', '/dev/null'),
  'a small gzip': gzipSync(tarOf('-T', '/dev/null')),
};

test.each(Object.entries(archives))('%s opens with its key', async (_name, plain) => {
  expect(await unseal(seal(plain, 'right'), 'right')).toEqual(plain);
});

test('a wrong key is told as such, whatever noise it makes', async () => {
  const sealed = seal(archives['a tar'], 'right');
  for (let attempt = 0; attempt < 1000; attempt++)
    await expect(unseal(sealed, `wrong ${attempt}`)).rejects.toMatchObject({ reason: 'wrong-key' });
});

test('what is cut short is told as such', async () => {
  const sealed = seal(archives['a tar'], 'right');
  await expect(unseal(sealed.subarray(0, -16), 'right')).rejects.toMatchObject({ reason: 'cut short' });
  await expect(unseal(sealed.subarray(0, 10), 'right')).rejects.toMatchObject({ reason: 'cut short' });
});
