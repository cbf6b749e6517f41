import type { Applied } from '../engine/apply.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { PreparedPlan } from '../engine/plan.ts';
import { jsonLine } from '../formats/json-text.ts';
import { liftsImmutable, riskOf } from '../model/plan.ts';
import type { Secret } from '../model/secret.ts';
import { doorDocument } from '../text/doors.ts';
import { effectSentence, purposeSentence } from '../text/sentence.ts';
import type { Text } from '../text/text.ts';
import { noticeDocument } from './scan-json.ts';

/** A plan without its contents: those are secret. */
export const planDocument = ({ plan, volume, doors }: PreparedPlan, text: Text) => ({
  ...plan.purpose,
  title: purposeSentence(text, plan.purpose),
  volume: { id: volume.id, selector: volume.selector },
  changes: plan.changes.map((change) => ({
    kind: change.kind,
    path: change.path,
    risk: riskOf(change),
    effects: change.effects.map((effect) => ({ ...effect, message: effectSentence(text.effects, effect) })),
    liftsImmutable: liftsImmutable(change),
  })),
  warnings: plan.warnings.map((notice) => noticeDocument(notice, text)),
  doors: doors?.map(doorDocument(text)),
  digest: plan.digest,
});

/** The document that a run prints with --json; a password stands in it only when Sparekey made it up. */
export const runDocument = (prepared: PreparedPlan, text: Text, applied?: Applied, generated?: Secret) => ({
  version: 1,
  status: applied ? 'done' : 'planned',
  plan: planDocument(prepared, text),
  journal: applied && { id: applied.journalId, folder: applied.journalFolder },
  isVerified: applied !== undefined,
  doors: applied?.doors?.map(doorDocument(text)),
  password: generated?.reveal(),
});

/** An event as one JSON line. */
export const eventLine = (event: EngineEvent, text: Text): string => jsonLine(eventDocument(event, text));

const eventDocument = (event: EngineEvent, text: Text): object => {
  switch (event.kind) {
    case 'noticed':
      return { kind: event.kind, ...noticeDocument(event.notice, text) };
    case 'surveyed':
      return { kind: event.kind, volumes: event.disks.flatMap(({ volumes }) => volumes).length };
    default:
      return event;
  }
};
