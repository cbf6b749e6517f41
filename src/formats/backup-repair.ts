import { isFactsMember, memberLimit } from './backup-facts.ts';
import { createByteReader, type OpenBytes, readBytesAt } from './byte-reader.ts';
import { isGzipStart, measureGzip } from './gzip.ts';
import { securetarHeadBytes, sizeTold } from './securetar.ts';
import { isArchiveStart } from './securetar-cbc.ts';
import { readTar, type TarMember } from './tar.ts';
import { headerBytes, isTarEnd, isTarHeader, isTarStart, paddingOf } from './tar-header.ts';

/** A member of a damaged backup, and where it really ends. */
export interface FoundMember {
  readonly member: TarMember;
  readonly sizeBytes: number;
  /** The whole of it is there, as far as its own form tells. */
  readonly isWhole: boolean;
}

/** What a Supervisor calls its members; what is inside of them has longer paths. */
const memberName = /^(\.\/)?[^/]+\.tar(\.gz)?$/;

const isKnown = (member: TarMember): boolean => memberName.test(member.name) || isFactsMember(member);

/**
 * The members of a backup whose headers tell wrong sizes, or which is cut off. A size is believed where the next header
 * or the end stands behind it. Else the content tells: a gzip and a tar have an end of their own, SecureTar tells its
 * size; what tells nothing goes on to the next header. @throws RangeError too many members
 */
export async function* findMembers(open: OpenBytes, archiveBytes: number): AsyncGenerator<FoundMember> {
  let at: number | undefined = 0;
  let count = 0;
  while (at !== undefined && at < archiveBytes) {
    const member = await memberAt(open, at);
    if (member === undefined) {
      at = await nextHeader(open, at + headerBytes);
      continue;
    }
    count += 1;
    if (count > memberLimit) throw new RangeError('too many members');
    const startBytes: number = at + member.contentAtBytes;
    const end = await endOf(open, member, startBytes, archiveBytes);
    yield { member: { ...member, contentAtBytes: startBytes }, ...end };
    at = startBytes + end.sizeBytes + paddingOf(end.sizeBytes);
  }
}

/** The member whose first header stands there. */
const memberAt = async (open: OpenBytes, at: number): Promise<TarMember | undefined> => {
  try {
    for await (const member of readTar((startBytes) => open(at + startBytes)))
      return isKnown(member) ? member : undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
};

/** Where the next member begins. */
const nextHeader = async (open: OpenBytes, fromBytes: number): Promise<number | undefined> => {
  const reader = createByteReader(open(fromBytes));
  try {
    for (let at = fromBytes; ; at += headerBytes) {
      const block = await reader.read(headerBytes);
      if (block.length < headerBytes) return undefined;
      if (isUstar(block) && isTarHeader(block) && (await memberAt(open, at))) return at;
    }
  } finally {
    await reader.close();
  }
};

const isUstar = (block: Uint8Array): boolean =>
  block[257] === 0x75 && block[258] === 0x73 && block[259] === 0x74 && block[260] === 0x61 && block[261] === 0x72;

type End = Pick<FoundMember, 'sizeBytes' | 'isWhole'>;

const endOf = async (open: OpenBytes, { sizeBytes }: TarMember, at: number, archiveBytes: number): Promise<End> => {
  const isThere = (bytes: number): boolean => at + bytes <= archiveBytes;
  const head = await readBytesAt(open, at, securetarHeadBytes);
  const told = sizeTold(head);
  for (const bytes of [told, sizeBytes])
    if (bytes !== undefined && isThere(bytes) && (await endsAt(open, at + bytes + paddingOf(bytes), archiveBytes)))
      return { sizeBytes: bytes, isWhole: true };
  // The header behind it may be spoilt too.
  if (told === sizeBytes && isThere(told)) return { sizeBytes, isWhole: true };
  const own = told === undefined ? await ownSize((startBytes) => open(at + startBytes), head) : undefined;
  if (own !== undefined && isThere(own)) return { sizeBytes: own, isWhole: true };
  const next = (await nextHeader(open, at)) ?? archiveBytes;
  const tellsNothing = told === undefined && !isArchiveStart(head);
  return { sizeBytes: await withoutZeros(open, at, next), isWhole: tellsNothing && next < archiveBytes };
};

/** How much zero there can be at the end: tar fills up to records of 10 KiB, and some to more. */
const endLimitBytes = 1 << 20;

/** Whether a member begins there, or nothing else follows. */
const endsAt = async (open: OpenBytes, at: number, archiveBytes: number): Promise<boolean> => {
  if (at >= archiveBytes) return true;
  if (await memberAt(open, at)) return true;
  return archiveBytes - at <= endLimitBytes && isTarEnd(await readBytesAt(open, at, endLimitBytes));
};

/** How long a gzip or a tar is by itself; undefined for what is neither, or is spoilt. */
const ownSize = async (open: OpenBytes, head: Uint8Array): Promise<number | undefined> => {
  try {
    if (isGzipStart(head)) {
      const { dataBytes, footer, rest } = await measureGzip(open(0));
      return footer.every((byte, index) => byte === rest[index]) ? dataBytes + footer.length : undefined;
    }
    return isTarStart(head) ? await tarSize(open) : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

const recordBytes = 20 * headerBytes;

const tarSize = async (open: OpenBytes): Promise<number> => {
  let endBytes = 0;
  for await (const { contentAtBytes, sizeBytes } of readTar(open))
    endBytes = contentAtBytes + sizeBytes + paddingOf(sizeBytes);
  return Math.ceil((endBytes + 2 * headerBytes) / recordBytes) * recordBytes;
};

const cipherBlockBytes = 16;

/** Up to where it is not filled up with zeros; what version 1 wrote are whole blocks of 16. */
const withoutZeros = async (open: OpenBytes, startBytes: number, endBytes: number): Promise<number> => {
  const reader = createByteReader(open(startBytes));
  let lengthBytes = 0;
  let at = 0;
  try {
    for await (const chunk of reader.take(endBytes - startBytes)) {
      const last = chunk.findLastIndex((byte) => byte !== 0);
      if (last >= 0) lengthBytes = at + last + 1;
      at += chunk.length;
    }
  } finally {
    await reader.close();
  }
  return Math.min(at, Math.ceil(lengthBytes / cipherBlockBytes) * cipherBlockBytes);
};
