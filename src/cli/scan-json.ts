import { foundDocument } from '../engine/scan-document.ts';
import type { Scan } from '../engine/scan-result.ts';
import type { Notice } from '../model/plan.ts';
import { noticeSentence } from '../text/sentence.ts';
import type { Text } from '../text/text.ts';

/** The document that `scan --json` prints; its shape is part of the stable interface. */
export const scanDocument = (scan: Scan, text: Text) => ({
  version: 1,
  ...foundDocument(scan),
  warnings: scan.notices.map((notice) => noticeDocument(notice, text)),
});

/** A notice as every JSON document shows it. */
export const noticeDocument = (notice: Notice, text: Text) => ({
  code: notice.code,
  message: noticeSentence(text.notices, notice),
});
