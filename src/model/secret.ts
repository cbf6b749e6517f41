const hidden = '[secret]';

/** A text in memory that shows itself to nobody but `reveal`, so that no log, dump or report can leak it by accident. */
abstract class Hidden {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  /** What node:util's inspect calls (and with it console.log). */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return hidden;
  }
}

/** A password. */
export class Secret extends Hidden {
  readonly kind = 'password';
}

/** A password that was hashed elsewhere, as crypt(5) writes it. Not a password, but worth hiding all the same. */
export class PasswordHash extends Hidden {
  readonly kind = 'hash';
}

/** What an account is to be opened with from now on. */
export type NewPassword = Secret | PasswordHash;

/** What opens an encrypted volume: a passphrase, or all bytes of a key file. */
export class VolumeKey extends Hidden {
  readonly kind = 'volume-key';

  private constructor(text: string) {
    super(text);
  }

  static of(bytes: Uint8Array): VolumeKey {
    return new VolumeKey(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.reveal(), (letter) => letter.charCodeAt(0));
  }
}
