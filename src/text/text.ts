import type { en } from './en/index.ts';
import type { Words } from './words.ts';

export type Language = 'en' | 'fr';

/**
 * Every sentence that a person reads, in one language: as English has them. The maps that are total over codes (errors,
 * notices, effects, operations, findings) are held to those codes in sentences.ts and operation-words.ts.
 */
export type Text = Words<typeof en> & { readonly language: Language };
