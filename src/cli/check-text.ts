import type { Checked } from '../engine/check.ts';
import type { Finding } from '../model/finding.ts';
import { doorDocument, doorLines } from '../text/doors.ts';
import { doorSentence, effectSentence, findingSentence } from '../text/sentence.ts';
import type { Text } from '../text/text.ts';

/** What was found, for a person. */
export const formatChecks = (checks: readonly Checked[], text: Text): string =>
  checks
    .map(({ system, account, findings, doors }) =>
      [
        text.findings.heading(system.id, account?.name),
        ...(findings.length > 0
          ? findings.flatMap((finding) => formatFinding(finding, text))
          : [`  ${text.findings.nothing}`]),
        ...(account && doors.length > 0
          ? [`  ${text.findings.doorsHeading(account.name)}`, ...doorLines(doors, text).map((line) => `    ${line}`)]
          : []),
      ].join('\n'),
    )
    .join('\n\n');

const formatFinding = (finding: Finding, { findings: words }: Text): readonly string[] => {
  const { path, line, cure, id } = finding;
  return [
    `  - ${findingSentence(words.sentences, finding)}`,
    `      ${doorSentence(words, finding)}`,
    ...(path === undefined ? [] : [`      ${words.where(path, line)}`]),
    ...(cure ? [`      ${words.cure(id)}`] : []),
  ];
};

/** The document that `check --json` prints; its shape is part of the stable interface. */
export const checkDocument = (checks: readonly Checked[], text: Text) => ({
  version: 1,
  checks: checks.map(({ system, account, findings, doors }) => ({
    system: system.id,
    user: account?.name,
    findings: findings.map((finding) => findingDocument(finding, text)),
    doors: account && doors.map(doorDocument(text)),
  })),
});

const findingDocument = (finding: Finding, text: Text) => ({
  id: finding.id,
  code: finding.code,
  message: findingSentence(text.findings.sentences, finding),
  doors: finding.doors,
  isShut: finding.isShut,
  certainty: finding.certainty,
  path: finding.path,
  line: finding.line,
  details: finding.details,
  cure: finding.cure && {
    isOwnLock: finding.cure.isOwnLock,
    effects: finding.cure.edits.flatMap(({ effects }) =>
      effects.map((effect) => ({ ...effect, message: effectSentence(text.effects, effect) })),
    ),
  },
});
