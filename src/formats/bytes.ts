/**
 * Names on a disk are bytes, mostly UTF-8. Bytes that are not come in as lone surrogates U+DC80–U+DCFF and go out as
 * the same bytes again: Python's "surrogateescape" (PEP 383).
 */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Bytes to text, without loss. */
export const decodeBytes = (bytes: Uint8Array): string => {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeMixed(bytes);
  }
};

/** Text to bytes; the inverse of decodeBytes. */
export const encodeBytes = (text: string): Uint8Array<ArrayBuffer> => {
  if (!/[\udc80-\udcff]/.test(text)) return encoder.encode(text);
  const parts: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) parts.push(code - 0xdc00);
    else parts.push(...encoder.encode(character));
  }
  return Uint8Array.from(parts);
};

const decodeMixed = (bytes: Uint8Array): string => {
  let text = '';
  let wellFormedFrom = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      text += strict.decode(bytes.subarray(wellFormedFrom, at)) + String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
      wellFormedFrom = at + 1;
    }
    at += Math.max(length, 1);
  }
  return text + strict.decode(bytes.subarray(wellFormedFrom));
};

/**
 * The length of the well-formed UTF-8 sequence at `at`, or 0 (Unicode, table 3-7: neither overlong forms nor surrogates
 * are well formed). Asking the decoder would throw for every foreign byte, and a stranger's file may hold millions.
 */
const sequenceLength = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  const second = bytes[at + 1] ?? 0;
  if (second < lowest || second > highest) return 0;
  for (let next = at + 2; next < at + length; next++) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
};

/**
 * Text that a terminal or a log shows harmlessly: control characters, whatever is invisible or turns the direction
 * (Unicode's Cc, Cf, Zl, Zp: direction marks, tags, the soft hyphen), and foreign bytes as escapes.
 */
export const showable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufff0-\uffff]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
