import { createHash } from 'node:crypto';
import type { Digest } from '../model/plan.ts';

/** SHA-256 of bytes or of UTF-8 text. */
export const digestOf = (content: Uint8Array | string): Digest => createHash('sha256').update(content).digest('hex');
