import {
  type BackupFacts,
  factsLimitBytes,
  isFactsMember,
  memberLimit,
  parseFacts,
  readFactsBytes,
  withoutProtection,
} from './backup-facts.ts';
import { createByteReader, firstOf, type OpenBytes } from './byte-reader.ts';
import { decryptSecureTar, isSecureTar, measureSecureTar, securetarHeadBytes, versionOf } from './securetar.ts';
import { isArchiveStart } from './securetar-cbc.ts';
import type { SecureTarFile, SecureTarMeasure, SecureTarVersion } from './securetar-file.ts';
import type { SecureTarKey } from './securetar-key.ts';
import { formatTarHeaders, readTar, type TarMember } from './tar.ts';
import { paddingOf, tarEnd } from './tar-header.ts';

/** What a look at a backup found, however far it can be read. */
export interface BackupSurvey {
  readonly facts: BackupFacts | undefined;
  /** The first archive inside that is encrypted, and so much of its beginning as shows whether a key opens it. */
  readonly encrypted: { readonly version: SecureTarVersion | undefined; readonly head: Uint8Array } | undefined;
  /** Names that stand in it twice: whoever unpacks it keeps the last. */
  readonly repeated: readonly string[];
  /** Whether it could be read to its end. */
  readonly isWhole: boolean;
  /** Why it is not sound: what went wrong where reading ended, or that nothing in it says what it is. */
  readonly reason: string | undefined;
}

/** With the name that a repair gives to what is not whole. */
const innerName = /\.tar(\.gz)?(\.incomplete)?$/i;

/** Goes from header to header. Whether a backup is encrypted is told by what is in it: cut off, it has no facts. */
export const surveyBackup = async (open: OpenBytes): Promise<BackupSurvey> => {
  const names = new Set<string>();
  const repeated = new Set<string>();
  let facts: BackupFacts | undefined;
  let encrypted: BackupSurvey['encrypted'];
  let factsReason: string | undefined = 'no backup.json';
  let reason: string | undefined;
  try {
    for await (const member of membersOf(open)) {
      if (names.has(member.name)) repeated.add(member.name);
      if (member.type === '0') names.add(member.name);
      if (isFactsMember(member)) {
        facts = member.sizeBytes <= factsLimitBytes ? parseFacts(await readFactsBytes(member)) : undefined;
        factsReason = facts ? undefined : 'backup.json is spoilt';
      } else if (encrypted === undefined) {
        const head = await readHead(member);
        if (isEncrypted(member, head)) encrypted = { version: versionOf(head), head };
      }
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    reason = error.message;
  }
  if (names.size === 0) reason ??= 'cut short';
  const isWhole = reason === undefined;
  return { facts, encrypted, repeated: [...repeated], isWhole, reason: reason ?? factsReason };
};

async function* membersOf(open: OpenBytes): AsyncGenerator<TarMember> {
  let count = 0;
  for await (const member of readTar(open)) {
    count += 1;
    if (count > memberLimit) throw new RangeError('too many members');
    yield member;
  }
}

const readHead = async ({ content, type }: TarMember): Promise<Uint8Array> =>
  type === '0' ? await createByteReader(content).read(securetarHeadBytes) : new Uint8Array();

/** By its content alone. Version 1 has nothing to be known by but that it is called an archive, and is none. */
const isEncrypted = ({ name }: TarMember, head: Uint8Array): boolean =>
  isSecureTar(head) || (head.length > 0 && innerName.test(name) && !isArchiveStart(head));

/** What becomes of a backup's encrypted archives, by their place among its members: two may have one name. */
export interface DecryptionPlan {
  readonly measures: ReadonlyMap<number, SecureTarMeasure>;
  /** Those that a repair found not to be whole; they cannot be decrypted. */
  readonly leftOut: ReadonlyMap<number, string>;
}

/**
 * Goes through a backup to its end before anything is written: a tar says how long a member is before the member comes,
 * and what is encrypted does not always know.
 * @throws SecureTarError; RangeError where the backup is no tar or is cut short
 */
export const planDecryption = async (open: OpenBytes, key: SecureTarKey): Promise<DecryptionPlan> => {
  const measures = new Map<number, SecureTarMeasure>();
  const leftOut = new Map<number, string>();
  let index = 0;
  for await (const member of membersOf(open)) {
    const head = await readHead(member);
    if (isEncrypted(member, head)) {
      if (member.name.endsWith('.incomplete')) leftOut.set(index, member.name);
      else measures.set(index, await measureSecureTar(fileOf(open, member), key));
    }
    index += 1;
  }
  return { measures, leftOut };
};

/** A member as a file of its own. */
const fileOf = (open: OpenBytes, { contentAtBytes, sizeBytes }: TarMember): SecureTarFile => ({
  sizeBytes,
  open: (at) => firstOf(open(contentAtBytes + at), sizeBytes - at),
});

/**
 * The same backup without encryption: each archive inside is decrypted under its own name, and backup.json says so.
 * Nothing is held but a chunk.
 * @param plan of the same backup
 * @throws SecureTarError; RangeError where the archive is no tar or cut short
 */
export async function* decryptBackup(
  open: OpenBytes,
  key: SecureTarKey,
  { measures, leftOut }: DecryptionPlan,
): AsyncGenerator<Uint8Array> {
  let index = 0;
  for await (const member of membersOf(open)) {
    const measure = measures.get(index);
    const isLeftOut = leftOut.has(index);
    index += 1;
    if (isLeftOut) continue;
    if (measure) {
      const file = { sizeBytes: member.sizeBytes, open: (at: number) => from(member.content, at) };
      yield* formatMember(member, decryptSecureTar(file, key, measure), measure.plainBytes);
    } else if (isFactsMember(member) && member.sizeBytes <= factsLimitBytes) {
      const facts = withoutProtection(await readFactsBytes(member));
      yield* formatMember(member, [facts], facts.length);
    } else yield* formatMember(member, member.content, member.sizeBytes);
  }
  yield tarEnd;
}

/** What securetar 2025.1.0 to 2025.1.2 noted of an archive's encryption beside it. */
const isAboutEncryption = (key: string): boolean => key.startsWith('_securetar.');

async function* formatMember(
  member: TarMember,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  yield* formatTarHeaders(member, sizeBytes, isAboutEncryption);
  yield* content;
  yield new Uint8Array(paddingOf(sizeBytes));
}

async function* from(content: AsyncIterable<Uint8Array>, startBytes: number): AsyncGenerator<Uint8Array> {
  const reader = createByteReader(content);
  await reader.skip(startBytes);
  yield* reader.take(Number.MAX_SAFE_INTEGER);
}
