/** One OpenSSH public key, as it stands in `id_ed25519.pub` and on a line of authorized_keys (sshd(8)). */
export interface PublicKey {
  /** The algorithm, such as `ssh-ed25519`. */
  readonly type: string;
  /** The key itself, base64 as authorized_keys holds it. */
  readonly base64: string;
  /** Whatever stands behind the key, usually `user@machine`; may be empty. */
  readonly comment: string;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

/**
 * Why something is not taken for a public key.
 * - `private-key`: an OpenSSH, PEM or PuTTY private key. It belongs on no other machine.
 * - `other-format`: a public key as PuTTY or SSH2 saves it (RFC 4716), or in PEM, which sshd does not read.
 * - `options`: options stand before the key (`command="…"`, `from="…"`, `restrict`).
 * - `certificate`: a certificate or an authority's line, which opens nothing by itself.
 * - `outdated`: DSA, or RSA below 1024 bits, which sshd refuses.
 * - `damaged`: looks like a key, but the middle is cut off, broken over lines or mistyped.
 * - `several`: more than one key.
 * - `too-large`: far longer than any key.
 * - `no-key`: nothing of the kind.
 */
export type PublicKeyFlaw =
  | 'private-key'
  | 'other-format'
  | 'options'
  | 'certificate'
  | 'outdated'
  | 'damaged'
  | 'several'
  | 'too-large'
  | 'no-key';
