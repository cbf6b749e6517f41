import { jsonDocument } from '../formats/json-text.ts';
import type { Text } from '../text/text.ts';
import type { ReportFacts } from './report-facts.ts';
import { formatJsonReport } from './report-json.ts';
import { formatTextReport } from './report-text.ts';

export const reportNames = { text: 'sparekey-report.txt', json: 'sparekey-report.json' } as const;

/** The reports as files. */
export const formatReports = (facts: ReportFacts, text: Text): ReadonlyMap<string, Uint8Array> =>
  new Map([
    // Windows' editors of old only know CRLF, and take UTF-8 for something else without the mark in front.
    [reportNames.text, encode(`\ufeff${formatTextReport(facts, text).replaceAll('\n', '\r\n')}\r\n`)],
    [reportNames.json, encode(`${jsonDocument(formatJsonReport(facts, text))}\n`)],
  ]);

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
