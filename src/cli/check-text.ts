import type { Checked } from '../engine/check.ts';
import type { DoorState, Finding } from '../model/finding.ts';
import { effectSentence, findingSentence } from '../text/sentence.ts';
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
          ? [`  ${text.findings.doorsHeading(account.name)}`, ...formatDoors(doors, text).map((line) => `  ${line}`)]
          : []),
      ].join('\n'),
    )
    .join('\n\n');

const formatFinding = (finding: Finding, { findings: words }: Text): readonly string[] => {
  const { path, line, certainty, isShut, doors, cure, id } = finding;
  return [
    `  - ${findingSentence(words.sentences, finding)}`,
    `      ${(isShut ? words.shut : words.hindered)[certainty]}: ${doors.map((door) => words.doors[door]).join(', ')}`,
    ...(path === undefined ? [] : [`      ${words.where(path, line)}`]),
    ...(cure ? [`      ${words.cure(id)}`] : []),
  ];
};

/** A line for each door: open, shut because of what, or not to be known from here. */
export const formatDoors = (doors: readonly DoorState[], { findings: words }: Text): readonly string[] =>
  doors.map(({ door, state, missing, because }) => {
    const reasons = because.map((finding) => {
      const { path, line } = finding;
      const sentence = findingSentence(words.sentences, finding);
      return words.because(sentence, path === undefined ? undefined : words.where(path, line));
    });
    if (missing !== undefined) reasons.push(words.missing[missing]);
    return `  ${words.doors[door]}: ${[words.doorStates[state], ...reasons].join('. ')}`;
  });

/** The document that `check --json` prints; its shape is part of the stable interface. */
export const checkDocument = (checks: readonly Checked[], text: Text) => ({
  version: 1,
  checks: checks.map(({ system, account, findings, doors }) => ({
    system: system.id,
    user: account?.name,
    findings: findings.map((finding) => findingDocument(finding, text)),
    doors: account && doors.map(doorDocument),
  })),
});

/** How a door stands, with the ids of the findings that say why. */
export const doorDocument = ({ door, state, missing, because }: DoorState) => ({
  ...{ door, state, missing, because: because.map(({ id }) => id) },
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
