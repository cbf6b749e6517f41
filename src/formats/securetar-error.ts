/** Why an archive does not open. */
export class SecureTarError extends Error {
  readonly reason: 'wrong-key' | 'cut short' | 'damaged' | 'unknown version';

  constructor(reason: SecureTarError['reason'], options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}
