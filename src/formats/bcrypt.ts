import { compare, encodeBase64, hash } from 'bcryptjs';

/** bcrypt reads no further; Home Assistant cuts the UTF-8 bytes there too, be it in the middle of a character. */
export const bcryptLimitBytes = 72;

const cost = '12';
/** A stranger's hash may ask for days of work (cost 31): 16 is some seconds. */
const maxCostVerified = 16;
const saltBytes = 16;

/**
 * `$2b$12$…`, 60 characters. bcryptjs turns the text into UTF-8 and its key schedule takes the first 72 bytes.
 * Asynchronous, so that a screen or a signal gets its turn; that costs nothing measurable.
 */
export const bcryptHash = (password: string, randomBytes: (count: number) => Uint8Array): Promise<string> =>
  hash(password, `$2b$${cost}$${encodeBase64([...randomBytes(saltBytes)], saltBytes)}`);

/** Whether a bcrypt hash of any generation ($2a$, $2b$, $2y$) accepts the password. */
export const bcryptAccepts = async (password: string, stored: string): Promise<boolean> => {
  const [, storedCost] = /^\$2[aby]\$(\d\d)\$[./0-9A-Za-z]{53}$/.exec(stored) ?? [];
  if (storedCost === undefined || Number(storedCost) > maxCostVerified || Number(storedCost) < 4) return false;
  return compare(password, stored);
};
