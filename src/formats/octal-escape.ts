import { decodeBytes, encodeBytes } from './bytes.ts';

/** Undoes `\040` and the like, as they stand in /proc/PID/mountinfo and in fstab(5). */
export const unescapeOctal = (text: string): string => {
  if (!text.includes('\\')) return text;
  const bytes = text
    .split(/\\([0-7]{3})/)
    .flatMap((part, index) => (index % 2 === 0 ? [...encodeBytes(part)] : [Number.parseInt(part, 8)]));
  return decodeBytes(Uint8Array.from(bytes));
};
