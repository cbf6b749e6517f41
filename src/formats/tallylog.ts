/** One account's record in pam_tally2's file: struct tallylog of Linux-PAM 1.4 (modules/pam_tally2/tallylog.h). */
export const tallyRecordBytes = 64;

const countAt = 54;
const timeAt = 56;

/** How often a login failed, and when it last did. All machines that we rescue are little-endian. */
export const parseTally = (record: Uint8Array): { readonly failures: number; readonly timeSeconds: number } => {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  return { failures: view.getUint16(countAt, true), timeSeconds: Number(view.getBigUint64(timeAt, true)) };
};
