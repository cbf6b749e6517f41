/**
 * pam_faillock's record of one user's failed logins: entries of 64 bytes in the machine's byte order (faillock.h):
 * source[52], reserved u16, status u16, seconds since 1970 u64.
 */

const entryBytes = 64;
const statusAt = 54;
const timeAt = 56;
/** TALLY_STATUS_VALID; an entry without it is one that a success or a reset took back. */
const valid = 1;

/** @returns when the failures that still count were, in seconds since 1970, as the file has them */
export const parseFaillock = (bytes: Uint8Array): readonly number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts = Array.from({ length: Math.floor(bytes.length / entryBytes) }, (_, index) => index * entryBytes);
  return starts
    .filter((start) => (view.getUint16(start + statusAt, true) & valid) !== 0)
    .map((start) => Number(view.getBigUint64(start + timeAt, true)));
};
