import type { TarMember } from './tar.ts';

/** What a Home Assistant backup says of itself (supervisor: backups/backup.py, backup.json; before 2022 snapshot.json). */
export interface BackupFacts {
  readonly slug: string | undefined;
  readonly name: string | undefined;
  /** As it stands there: ISO 8601. */
  readonly date: string | undefined;
  readonly type: string | undefined;
  readonly isProtected: boolean;
}

/** A backup has some dozens of members; a tar that was made to harm may have millions. */
export const memberLimit = 10_000;

const factsName = /^(\.\/)?(backup|snapshot)\.json$/;

/** More than any is; a larger one is not read. */
export const factsLimitBytes = 16 * 1024 * 1024;

/** Whether a member is the one with the facts. */
export const isFactsMember = ({ name, type }: TarMember): boolean => type === '0' && factsName.test(name);

/** The member's whole content. */
export const readFactsBytes = async ({ content }: TarMember): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** undefined where it is no JSON. */
export const parseFacts = (bytes: Uint8Array): BackupFacts | undefined => {
  const value = parse(bytes);
  if (value === undefined) return undefined;
  const member = (key: string): unknown => Reflect.get(value, key);
  const words = (key: string) => {
    const found = member(key);
    return typeof found === 'string' ? found : undefined;
  };
  // Older ones name only how they are encrypted.
  const isProtected = member('protected') === true || (member('protected') === undefined && member('crypto') != null);
  return { slug: words('slug'), name: words('name'), date: words('date'), type: words('type'), isProtected };
};

/** The same facts for a backup that is no longer encrypted; as they are where they cannot be understood. */
export const withoutProtection = (bytes: Uint8Array): Uint8Array => {
  const value = parse(bytes);
  if (value === undefined) return bytes;
  return Buffer.from(JSON.stringify({ ...value, protected: false, crypto: null }, undefined, 2));
};

const parse = (bytes: Uint8Array): object | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};
