import { decodeBytes } from './bytes.ts';

/** Seven groups of four (core: components/backup/util.py); a word processor makes other dashes of the hyphens. */
const keyPattern = /(?<![A-Z0-9])[A-Z0-9]{4}(?:[-\u2010-\u2015][A-Z0-9]{4}){6}(?![A-Z0-9])/gi;

/**
 * The keys that a file may mean, to be tried in this order. In the emergency kit that Home Assistant gives
 * (home_assistant_backup_emergency_kit_….txt), the key stands among other lines. A password that somebody chose stands
 * alone: it is the first line, without its ending.
 */
export const parseBackupKeyFile = (bytes: Uint8Array): readonly string[] => {
  const text = textOf(bytes);
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const kits = [...text.matchAll(keyPattern)].map(([key]) => key.replace(/[\u2010-\u2015]/g, '-'));
  const isAlone = lines.filter((line) => line !== '').length <= 1;
  const alone = isAlone || kits.length === 0 ? [lines[0] ?? ''] : [];
  // Typed from paper, the letters may be small ones.
  return [...new Set([...alone, ...kits.flatMap((key) => [key, key.toUpperCase()])])].filter((key) => key !== '');
};

/** Windows' editor saves UTF-16 on request, and begins UTF-8 with a mark of its own. */
const textOf = (bytes: Uint8Array): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  return decodeBytes(bytes).replace(/^\ufeff/, '');
};
