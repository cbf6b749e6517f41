import { showable } from '../formats/bytes.ts';
import { formatSize } from '../formats/size.ts';
import { isComplete, type Receipt } from '../model/receipt.ts';
import type { ByteRange, CopyProblem } from '../model/recovery.ts';
import type { Face } from '../operations/operation.ts';
import { describeError } from './describe-error.ts';
import type { Text } from './text.ts';

/** The receipt for a person: what was copied, how to check it, and all that is missing, with why. */
export const formatReceipt = (receipt: Receipt, text: Text, face: Face, problemsShown = Infinity): string => {
  const { recovery } = text;
  const { summary, volume, paths, to, reading, proof } = receipt;
  const { bytes, problems, renamed } = summary;
  const total = countProblems(receipt);
  return [
    isComplete(receipt) ? recovery.allCopied : recovery.notAllCopied,
    ...countsOf(receipt, text),
    recovery.fromTo(`${volume.selector}: ${paths.map(showable).join(', ')}`, to),
    recovery.readings[reading],
    recovery.took(Math.round(summary.elapsedMs / 1000), formatSize((bytes / Math.max(1, summary.elapsedMs)) * 1000)),
    ...(summary.stoppedBy ? [describeError(summary.stoppedBy, text, face).sentence] : []),
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

/** How much was copied, and how much of it was there before. */
export const countsOf = ({ summary }: Receipt, { recovery }: Text): readonly string[] => {
  const { files, bytes, folders, symlinks, hardLinks, keptFromBefore } = summary;
  return [
    recovery.copied({ files, size: formatSize(bytes), folders, symlinks, hardLinks }),
    ...(keptFromBefore > 0 ? [recovery.keptFromBefore(keptFromBefore)] : []),
  ];
};

/** How many things are not, or not whole, in the copy. */
export const countProblems = ({ summary: { problemCounts } }: Receipt): number =>
  Object.values(problemCounts).reduce((sum, count) => sum + count, 0);

/** What is not, or not whole, in the copy, and why. */
export const formatProblem = (problem: CopyProblem, { recovery }: Text): string => {
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

/** Both receipts, as they lie beside the files. */
export const describeReceipt =
  (text: Text, face: Face) =>
  (receipt: Receipt): { readonly text: string; readonly document: object } => ({
    text: formatReceipt(receipt, text, face),
    document: receiptDocument(receipt, text, face),
  });

/** The receipt for a program. */
export const receiptDocument = (receipt: Receipt, text: Text, face: Face): object => {
  const { stoppedBy, ...summary } = receipt.summary;
  const error = stoppedBy && { code: stoppedBy.code, message: describeError(stoppedBy, text, face).sentence };
  return { ...receipt, status: isComplete(receipt) ? 'done' : 'incomplete', summary: { ...summary, error } };
};
