import { isComplete, type Receipt, type RecoverNews } from '../engine/recovery/recover.ts';
import { showable } from '../formats/bytes.ts';
import { formatSize } from '../formats/size.ts';
import type { ByteRange, CloneProgress, CopyProblem } from '../model/recovery.ts';
import { errorSentence } from '../text/sentence.ts';
import type { Text } from '../text/text.ts';

/** The receipt for a person: what was copied, how to check it, and all that is missing, with why. */
export const formatReceipt = (receipt: Receipt, text: Text, problemsShown = Infinity): string => {
  const { recovery } = text;
  const { summary, volume, paths, to, reading, proof } = receipt;
  const { files, bytes, folders, symlinks, hardLinks, keptFromBefore, problems, problemCounts, renamed } = summary;
  const total = Object.values(problemCounts).reduce((sum, count) => sum + count, 0);
  return [
    isComplete(receipt) ? recovery.allCopied : recovery.notAllCopied,
    recovery.copied({ files, size: formatSize(bytes), folders, symlinks, hardLinks }),
    ...(keptFromBefore > 0 ? [recovery.keptFromBefore(keptFromBefore)] : []),
    recovery.fromTo(`${volume.selector}: ${paths.map(showable).join(', ')}`, to),
    recovery.readings[reading],
    recovery.took(Math.round(summary.elapsedMs / 1000), formatSize((bytes / Math.max(1, summary.elapsedMs)) * 1000)),
    ...(summary.stoppedBy ? [errorSentence(text.errors, summary.stoppedBy)] : []),
    recovery.check(to, summary.manifest),
    ...(proof
      ? [proof.before === proof.after ? recovery.proved(proof.path, proof.before) : recovery.disproved(proof)]
      : []),
    ...(total > 0 ? ['', recovery.problems(total)] : []),
    ...problems.slice(0, problemsShown).map((problem) => `  ${formatProblem(problem, text)}`),
    ...(total > Math.min(problems.length, problemsShown)
      ? [recovery.moreProblems(total - Math.min(problems.length, problemsShown))]
      : []),
    ...(renamed.length > 0 ? ['', recovery.renamed(summary.renamedCount)] : []),
    ...renamed.slice(0, problemsShown).map(({ path, to: name }) => `  ${showable(path)} -> ${showable(name)}`),
  ].join('\n');
};

const formatProblem = (problem: CopyProblem, { recovery }: Text): string => {
  const words = recovery.problem[problem.kind];
  if (problem.kind === 'attributes-lost') return words(showable(problem.output).slice(0, 500), '', '');
  const path = showable(problem.path);
  switch (problem.kind) {
    case 'unreadable-file':
    case 'unreadable-folder':
      return words(path, problem.reason, '');
    case 'damaged':
      return words(path, showable(problem.keptAs), problem.ranges.map(formatRange).join(', '));
    case 'special':
      return words(path, problem.what, '');
    case 'symlink-left-out':
      return words(path, showable(problem.target), '');
    default:
      return words(path, '', '');
  }
};

const formatRange = ({ startBytes, endBytes }: ByteRange): string => `${startBytes}-${endBytes - 1}`;

/** A line of progress. */
export const formatNews = (news: RecoverNews, { recovery }: Text): string => {
  if (news.kind === 'reading') return recovery.opened(showable(news.selector), recovery.readings[news.reading]);
  if (news.kind === 'proving') return recovery.proving(formatSize(news.doneBytes), formatSize(news.totalBytes));
  const { copiedBytes, copiedFiles, elapsedMs, totalBytes, currentPath } = news.progress;
  const rate = copiedBytes / Math.max(1, elapsedMs);
  const left =
    totalBytes === undefined || rate === 0 ? '' : recovery.remaining(duration((totalBytes - copiedBytes) / rate));
  const facts = [
    `${copiedFiles}`,
    formatSize(copiedBytes),
    `${formatSize(rate * 1000)}/s`,
    left,
    showable(currentPath ?? ''),
  ];
  return facts.filter((fact) => fact !== '').join('  ');
};

export const formatCloneProgress = (
  { rescuedBytes, totalBytes, badBytes, elapsedMs }: CloneProgress,
  { recovery }: Text,
): string => {
  const rate = rescuedBytes / Math.max(1, elapsedMs);
  const left = rate === 0 ? '' : `  ${recovery.remaining(duration((totalBytes - rescuedBytes) / rate))}`;
  return `${recovery.cloned(formatSize(rescuedBytes), formatSize(totalBytes), formatSize(badBytes))}${left}`;
};

/** 1:05:09, from milliseconds. */
const duration = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const pad = (number: number) => String(number).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
};
