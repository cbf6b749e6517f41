/**
 * pam_tally2's record of everybody's failed logins: one entry of 64 bytes for each user id, in the machine's byte order
 * (tallylog.h): fail_line[52], reserved u16, fail_cnt u16, fail_time u64.
 */

const entryBytes = 64;
const countAt = 54;

/** How many failures count against a user id; 0 where the file is too short to say. */
export const tallyOf = (bytes: Uint8Array, uid: number): number => {
  const start = uid * entryBytes;
  if (start + entryBytes > bytes.length) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint16(start + countAt, true);
};

/** The same record with one user's entry as it is before the first failure. */
export const withoutTally = (bytes: Uint8Array, uid: number): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy.fill(0, uid * entryBytes, (uid + 1) * entryBytes);
  return copy;
};
