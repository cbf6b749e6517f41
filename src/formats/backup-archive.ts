import { type OpenedSecureTar, openSecureTar } from './securetar.ts';
import { paddingOf, readTar, type TarMember, tarEnd, withSize } from './tar.ts';

/** What a Home Assistant backup says of itself (supervisor: backups/backup.py, backup.json; before 2022 snapshot.json). */
export interface BackupFacts {
  readonly slug: string | undefined;
  readonly name: string | undefined;
  /** As it stands there: ISO 8601. */
  readonly date: string | undefined;
  readonly type: string | undefined;
  readonly isProtected: boolean;
}

const factsName = /^(\.\/)?(backup|snapshot)\.json$/;
const factsLimitBytes = 16 * 1024 * 1024;
const innerName = /\.tar(\.gz)?$/;

/** Reads as far as the facts stand. @throws RangeError where there are none, or the archive is no tar or cut short */
export const readBackupFacts = async (archive: AsyncIterable<Uint8Array>): Promise<BackupFacts> => {
  for await (const member of readTar(archive)) if (factsName.test(member.name)) return factsOf(await textOf(member));
  throw new RangeError('no backup.json');
};

const textOf = async ({ content, sizeBytes }: TarMember): Promise<string> => {
  if (sizeBytes > factsLimitBytes) throw new RangeError('backup.json is too large');
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

const factsOf = (text: string): BackupFacts => {
  const value: unknown = parse(text);
  const member = (key: string): unknown =>
    typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  const words = (key: string) => {
    const found = member(key);
    return typeof found === 'string' ? found : undefined;
  };
  // Older ones name only how they are encrypted.
  const isProtected = member('protected') === true || (member('protected') === undefined && member('crypto') != null);
  return { slug: words('slug'), name: words('name'), date: words('date'), type: words('type'), isProtected };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError('backup.json is no JSON');
  }
};

/**
 * The same backup without encryption: each archive inside is decrypted under its own name, and backup.json says so.
 * Nothing is held but a chunk. A tar says how long a member is before the member comes, and version 1 does not know:
 * such members are gone through once before.
 * @param open reads the archive from its beginning
 * @throws SecureTarError; RangeError where the archive is no tar or cut short
 */
export async function* decryptBackup(
  open: () => AsyncIterable<Uint8Array>,
  password: string,
): AsyncGenerator<Uint8Array> {
  const sizes = await sizesOf(open(), password);
  for await (const member of readTar(open())) {
    if (factsName.test(member.name)) {
      yield* formatMember(member, Buffer.from(withoutProtection(await textOf(member))));
    } else if (innerName.test(member.name) && member.type === '0') {
      const plain = await openSecureTar(member.content, password);
      yield* formatStream(member, plain, sizes.get(member.name));
    } else {
      yield member.header;
      yield* member.content;
      yield new Uint8Array(paddingOf(member.sizeBytes));
    }
  }
  yield tarEnd;
}

const sizesOf = async (archive: AsyncIterable<Uint8Array>, password: string): Promise<ReadonlyMap<string, number>> => {
  const sizes = new Map<string, number>();
  for await (const member of readTar(archive)) {
    if (!innerName.test(member.name) || member.type !== '0') continue;
    const { plainBytes, content } = await openSecureTar(member.content, password);
    let sizeBytes = plainBytes ?? 0;
    if (plainBytes === undefined) for await (const chunk of content) sizeBytes += chunk.length;
    sizes.set(member.name, sizeBytes);
  }
  return sizes;
};

function* formatMember({ header }: TarMember, content: Uint8Array): Generator<Uint8Array> {
  yield withSize(header, content.length);
  yield content;
  yield new Uint8Array(paddingOf(content.length));
}

async function* formatStream(
  { header }: TarMember,
  { content }: OpenedSecureTar,
  sizeBytes = 0,
): AsyncGenerator<Uint8Array> {
  yield withSize(header, sizeBytes);
  yield* content;
  yield new Uint8Array(paddingOf(sizeBytes));
}

const withoutProtection = (text: string): string => {
  const value = parse(text);
  return JSON.stringify({ ...Object(value), protected: false, crypto: null }, undefined, 2);
};
