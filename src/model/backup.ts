/** Something about a backup that was written, which whoever uses it must know. */
export type BackupRemark =
  /** It has no backup.json that can be read: whoever wrote it did not come to the end, and archives may be missing. */
  | { readonly kind: 'unfinished'; readonly file: string }
  /** One of its archives is not whole, and could not be decrypted. */
  | { readonly kind: 'left-out'; readonly file: string; readonly name: string }
  /** Two of its members have one name: both are in it, and unpacking keeps the last. */
  | { readonly kind: 'repeated-name'; readonly file: string; readonly name: string };
