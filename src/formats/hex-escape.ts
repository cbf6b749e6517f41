import { decodeBytes, encodeBytes } from './bytes.ts';

/**
 * Undoes util-linux's `\xHH` escapes (blkid_encode_string in libblkid, fputs_quoted in lib/carefulputc.h) byte by
 * byte: what comes out may be non-UTF-8 or hold control characters.
 */
export const unescapeHex = (text: string): string => {
  if (!text.includes('\\x')) return text;
  const bytes = text
    .split(/\\x([0-9a-fA-F]{2})/)
    .flatMap((part, index) => (index % 2 === 0 ? [...encodeBytes(part)] : [Number.parseInt(part, 16)]));
  return decodeBytes(Uint8Array.from(bytes));
};
