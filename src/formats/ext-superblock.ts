import { decodeBytes } from './bytes.ts';

/** Where the primary superblock stands in an ext2/3/4 volume, and how long it is. */
export const extSuperblockOffset = 1024;
export const extSuperblockBytes = 1024;

/** Facts of an ext2/3/4 superblock (Linux, Documentation/filesystems/ext4/super.rst). */
export interface ExtSuperblock {
  readonly state: 'clean' | 'dirty' | 'errors';
  readonly label?: string;
  readonly uuid: string;
  readonly usedBytes: number;
  /** Milliseconds since 1970; absent where the volume was never written. */
  readonly writtenAtMs?: number;
}

const magic = 0xef53;
const stateValid = 0x1;
const stateErrors = 0x2;
const stateOrphans = 0x4;
const compatHasJournal = 0x4;
const incompatNeedsRecovery = 0x4;
const incompat64Bit = 0x80;

/** Parses the 1024 bytes of a superblock; undefined where they are none. */
export const parseExtSuperblock = (bytes: Uint8Array): ExtSuperblock | undefined => {
  if (bytes.length < extSuperblockBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u8 = (at: number) => view.getUint8(at);
  const u16 = (at: number) => view.getUint16(at, true);
  const u32 = (at: number) => view.getUint32(at, true);
  if (u16(0x38) !== magic) return undefined;

  const has64Bit = (u32(0x60) & incompat64Bit) !== 0;
  const count = (low: number, high: number) => u32(low) + (has64Bit ? u32(high) * 2 ** 32 : 0);
  const blocks = count(0x04, 0x150);
  const freeBlocks = count(0x0c, 0x158);
  const label = decodeBytes(untilNul(bytes.subarray(0x78, 0x88)));
  const writtenAt = u32(0x30) + u8(0x274) * 2 ** 32;
  return {
    state: stateOf(u16(0x3a), u32(0x5c), u32(0x60)),
    ...(label && { label }),
    uuid: formatUuid(bytes.subarray(0x68, 0x78)),
    usedBytes: Math.max(0, blocks - freeBlocks) * 2 ** (10 + u32(0x18)),
    ...(writtenAt > 0 && { writtenAtMs: writtenAt * 1000 }),
  };
};

/** A mounted volume without a journal loses its valid flag until it is unmounted; with one, it gets needs_recovery. */
const stateOf = (state: number, compat: number, incompat: number): ExtSuperblock['state'] => {
  if (state & stateErrors) return 'errors';
  if (compat & compatHasJournal && (incompat & incompatNeedsRecovery || state & stateOrphans)) return 'dirty';
  return state & stateValid ? 'clean' : 'errors';
};

const untilNul = (bytes: Uint8Array): Uint8Array => {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
};

const formatUuid = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
