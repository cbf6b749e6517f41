/**
 * The letters that sit on the same key of a QWERTY, a QWERTZ and an AZERTY keyboard (all but a, m, q, w, y and z), less
 * four that are taken for another one: i and l by eye, v for u in writing, j for g when French and English speakers
 * spell to each other. Sixteen are left, so that a letter is exactly four random bits.
 */
export const safeLetters = 'bcdefghknoprstux';

const sizeBytes = 8;

/** 64 random bits as sixteen letters, without anything between them that might or might not belong to the password. */
export const generatePassword = (randomBytes: (count: number) => Uint8Array): string =>
  Array.from(randomBytes(sizeBytes), (byte) => `${safeLetters[byte >> 4]}${safeLetters[byte & 15]}`).join('');
