import type { Scan } from '../engine/scan-result.ts';
import { showable } from '../formats/bytes.ts';
import { formatSize } from '../formats/size.ts';
import type { DoorState } from '../model/finding.ts';
import { isComplete } from '../model/receipt.ts';
import type { Disk, Volume } from '../model/storage.ts';
import type { InstalledSystem } from '../model/system.ts';
import { doorLines } from '../text/doors.ts';
import { named, systemTitle } from '../text/names.ts';
import { noticeSentence } from '../text/sentence.ts';
import type { Text } from '../text/text.ts';
import type { StepOutcome } from './carry-out-step.ts';
import type { StepPlan } from './plan-step.ts';
import { describeProblem, planTitle, stepTitle } from './problem.ts';
import type { ReportFacts } from './report-facts.ts';
import type { Duration, StepResult } from './run-job.ts';

/** The report for a person. Lists instead of tables: Notepad's letters are not all of one width. */
export const formatTextReport = (facts: ReportFacts, text: Text): string => {
  const { report } = text.jobs;
  const { result, job } = facts;
  const passwords = result.steps.flatMap((step) => generatedLines(step, text));
  const sections = [
    underlined(`${report.title} ${facts.version}`, '='),
    [
      `${report.job}: ${showable(job?.name ?? report.noName)} (${showable(facts.jobName)})`,
      `${report.begun}: ${new Date(facts.beganAtMs).toISOString().slice(0, 19).replace('T', ' ')} UTC (${report.clock})`,
      `${report.result}: ${report.results[result.status]}`,
      ...(result.error === undefined ? [] : indented(describeProblem(result.error, text).message)),
    ],
    passwords.length > 0 ? [...passwords, report.deleteThis] : [],
    result.steps.flatMap((step, index) => stepLines(step, index + 1, text)),
    [facts.retiredAs === undefined ? report.jobKept : report.jobStruckOut(facts.retiredAs)],
    facts.bootLog === undefined ? [] : [report.bootLog(facts.bootLog)],
    foundLines(result.found, text),
    durationLines(result.durations, text),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
};

const underlined = (title: string, sign: string): readonly string[] => [title, sign.repeat(title.length)];

const indented = (words: string): readonly string[] => words.split('\n').map((line) => `     ${line}`);

const generatedLines = ({ step, generated, outcome }: StepResult, { jobs }: Text): readonly string[] =>
  'user' in step && generated && outcome ? [jobs.report.generated(step.user, generated.reveal())] : [];

const stepLines = (result: StepResult, number: number, text: Text): readonly string[] => {
  const { step, status, plan, outcome, error } = result;
  const { report } = text.jobs;
  const title = plan ? planTitle(step, plan, text) : stepTitle(step, text);
  const warnings = plan?.kind === 'change' ? plan.prepared.plan.warnings : [];
  return [
    `${number}. (${report.line(step.line)}) ${title} — ${report.results[status]}`,
    ...(error === undefined ? [] : indented(describeProblem(error, text).message)),
    ...(plan && outcome ? outcomeLines(plan, outcome, text).flatMap(indented) : []),
    ...warnings.flatMap((notice) => indented(`${text.run.warning}: ${noticeSentence(text.notices, notice)}`)),
  ];
};

const outcomeLines = (plan: StepPlan, outcome: StepOutcome, text: Text): readonly string[] => {
  if (outcome.kind === 'changed' && plan.kind === 'change')
    return [
      text.operations[plan.prepared.plan.purpose.task].verified,
      ...doorsOf(outcome.applied.doors, text),
      text.run.howToUndo(`sparekey undo ${outcome.applied.journalId}`),
    ];
  if (outcome.kind !== 'recovered') return [];
  const { receipt } = outcome;
  const place = receipt.to;
  const { files, bytes, folders, symlinks, hardLinks, problemCounts, manifest } = receipt.summary;
  const problems = Object.values(problemCounts).reduce((sum, count) => sum + count, 0);
  return [
    isComplete(receipt) ? text.recovery.allCopied : text.recovery.notAllCopied,
    text.recovery.copied({ files, size: formatSize(bytes), folders, symlinks, hardLinks }),
    text.recovery.fromTo(`${receipt.volume.selector}: ${receipt.paths.map(showable).join(', ')}`, place),
    text.recovery.readings[receipt.reading],
    text.recovery.check(place, manifest),
    ...(problems > 0 ? [text.recovery.problems(problems)] : []),
  ];
};

const doorsOf = (doors: readonly DoorState[] | undefined, text: Text): readonly string[] =>
  doors && doors.length > 0 ? [text.findings.doorsNow, ...doorLines(doors, text).map((line) => `  ${line}`)] : [];

const foundLines = (found: Scan | undefined, text: Text): readonly string[] => {
  const { report } = text.jobs;
  const heading = underlined(report.found, '-');
  if (!found) return [...heading, report.notLooked];
  if (found.disks.length === 0) return [...heading, report.nothingFound];
  return [
    ...heading,
    ...found.disks.flatMap((disk) => diskLines(disk, found.systems, text)),
    ...found.notices.map((notice) => `${text.run.warning}: ${noticeSentence(text.notices, notice)}`),
  ];
};

const diskLines = (disk: Disk, systems: readonly InstalledSystem[], text: Text): readonly string[] => {
  const facts = [disk.model, formatSize(disk.sizeBytes), disk.transport, disk.table].filter(
    (fact) => fact !== undefined,
  );
  const { rescueMedium, runningSystem } = text.scan;
  const mark = disk.isRescueMedium ? ` — ${rescueMedium}` : disk.isRunningSystem ? ` — ${runningSystem}` : '';
  return [
    `${showable(disk.path)}: ${showable(facts.join(', '))}${mark}`,
    ...disk.volumes.flatMap((volume) => volumeLines(volume, systems, text)),
  ];
};

const volumeLines = (volume: Volume, systems: readonly InstalledSystem[], text: Text): readonly string[] => {
  const { filesystem, partLabel } = volume;
  const names = [
    filesystem?.label === undefined ? undefined : `LABEL=${filesystem.label}`,
    partLabel === undefined ? undefined : `PARTLABEL=${partLabel}`,
    filesystem?.uuid === undefined ? undefined : `UUID=${filesystem.uuid}`,
  ];
  const facts = [filesystem?.type, formatSize(volume.sizeBytes), ...names].filter((fact) => fact !== undefined);
  const own = systems.filter((system) => system.volume === volume);
  return [
    `  ${showable(volume.selector)}: ${showable(facts.join(', '))}`,
    ...own.flatMap((each) => systemLines(each, text)),
  ];
};

const systemLines = ({ id, detection, accounts }: InstalledSystem, text: Text): readonly string[] => {
  const { logins, accountNotes } = text.scan;
  const names = accounts.map(({ name, login, notes }) => {
    const remarks = [logins[login], ...notes.map((note) => accountNotes[note])];
    return `${showable(name)} (${remarks.join(', ')})`;
  });
  return [
    `    ${showable(id)}: ${named(systemTitle(detection))}`,
    `      ${text.jobs.report.accounts}: ${names.length > 0 ? names.join('; ') : text.scan.noAccounts}`,
  ];
};

const durationLines = (durations: readonly Duration[], { jobs }: Text): readonly string[] => {
  const { report } = jobs;
  const inSeconds = (ms: number) => report.seconds((ms / 1000).toFixed(1));
  const totalMs = durations.reduce((sum, { ms }) => sum + ms, 0);
  return [
    ...underlined(report.durations, '-'),
    ...durations.map(({ phase, ms }) => `${report.phases[phase]}: ${inSeconds(ms)}`),
    `${report.total}: ${inSeconds(totalMs)}`,
  ];
};
