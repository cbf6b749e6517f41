import { createCipheriv, createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decryptSecureTar, measureSecureTar } from '../../../src/formats/securetar.ts';
import { createSecureTarKey } from '../../../src/formats/securetar-key.ts';
import { run } from '../../support/tools.ts';

const salt = Buffer.from('0123456789abcdef');

const stretch = (bytes: Uint8Array): Buffer => {
  let digest = Buffer.from(bytes);
  for (let round = 0; round < 100; round++) digest = createHash('sha256').update(digest).digest();
  return digest.subarray(0, 16);
};

/** Without a start of its own, as securetar 2025.1.0 to 2025.1.2 wrote it; Node's cipher pads by itself. */
const seal = (plain: Uint8Array, password: string): Buffer => {
  const key = stretch(Buffer.from(password));
  const cipher = createCipheriv('aes-128-cbc', key, stretch(Buffer.concat([key, salt])));
  return Buffer.concat([salt, cipher.update(plain), cipher.final()]);
};

const unseal = async (sealed: Uint8Array, password: string): Promise<Buffer> => {
  const open = async function* (startBytes: number) {
    yield sealed.subarray(startBytes);
  };
  const file = { sizeBytes: sealed.length, open };
  const key = createSecureTarKey(password);
  const chunks: Uint8Array[] = [];
  for await (const chunk of decryptSecureTar(file, key, await measureSecureTar(file, key))) chunks.push(chunk);
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
  // Without the block of padding alone it is what older releases wrote: they padded no tar.
  expect(await unseal(sealed.subarray(0, -16), 'right')).toEqual(archives['a tar']);
  await expect(unseal(sealed.subarray(0, -32), 'right')).rejects.toMatchObject({ reason: 'cut short' });
  await expect(unseal(sealed.subarray(0, 10), 'right')).rejects.toMatchObject({ reason: 'cut short' });
});
