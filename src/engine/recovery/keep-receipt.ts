import { jsonDocument } from '../../formats/json-text.ts';
import type { Receipt } from '../../model/receipt.ts';
import type { Recovery } from '../../model/recovery.ts';

/** The receipt beside the files that it is for: one for people, one for programs. */
export const receiptFiles = { text: 'sparekey-receipt.txt', json: 'sparekey-receipt.json' } as const;

/** What stands in them. */
export interface ReceiptContent {
  readonly text: string;
  readonly document: object;
}

/** For CopyRequest: what keepReceipt writes after a copy. */
export const receiptNotes = 2;

/**
 * Puts the receipt beside the files. A target that failed may not take it any more, which the summary says already.
 * @param folder where the copy is, as the machine knows it
 * @throws RescueError target-unusable
 */
export const keepReceipt = async (
  recovery: Recovery,
  folder: string,
  { summary }: Receipt,
  content: ReceiptContent,
): Promise<void> => {
  try {
    await recovery.writeNote(folder, receiptFiles.text, `${content.text}\n`);
    await recovery.writeNote(folder, receiptFiles.json, `${jsonDocument(content.document)}\n`);
  } catch (error) {
    if (summary.stoppedBy === undefined) throw error;
  }
};
