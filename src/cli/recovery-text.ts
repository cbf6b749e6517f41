import type { ClonePlan } from '../engine/recovery/clone.ts';
import type { RecoverNews, RecoveryPlan } from '../engine/recovery/recover.ts';
import { showable } from '../formats/bytes.ts';
import { formatSize } from '../formats/size.ts';
import type { CloneProgress } from '../model/recovery.ts';
import { formatDuration, type Pace, paceOf } from '../text/progress.ts';
import type { Text } from '../text/text.ts';

/** A line of progress. */
export const formatNews = (news: RecoverNews, text: Text): string => {
  const { recovery } = text;
  if (news.kind === 'reading') return recovery.opened(showable(news.selector), recovery.readings[news.reading]);
  if (news.kind === 'proving') return recovery.proving(formatSize(news.doneBytes), formatSize(news.totalBytes));
  const { copiedBytes, copiedFiles, elapsedMs, totalBytes, currentPath } = news.progress;
  const pace = paceOf(copiedBytes, totalBytes, elapsedMs);
  const facts = [
    `${copiedFiles}`,
    formatSize(copiedBytes),
    `${formatSize(pace.bytesPerSecond)}/s`,
    formatRemaining(pace, text),
    showable(currentPath ?? ''),
  ];
  return facts.filter((fact) => fact !== '').join('  ');
};

export const formatCloneProgress = (
  { rescuedBytes, totalBytes, badBytes, elapsedMs }: CloneProgress,
  text: Text,
): string => {
  const left = formatRemaining(paceOf(rescuedBytes, totalBytes, elapsedMs), text);
  const done = text.recovery.cloned(formatSize(rescuedBytes), formatSize(totalBytes), formatSize(badBytes));
  return left === '' ? done : `${done}  ${left}`;
};

const formatRemaining = ({ remainingMs }: Pace, { recovery }: Text): string =>
  remainingMs === undefined ? '' : recovery.remaining(formatDuration(remainingMs));

/** What a dry run of `recover` says. */
export const formatRecoveryPlan = (
  { volume, paths, to, reading, size, freeBytes }: RecoveryPlan,
  { recovery }: Text,
): string =>
  [
    recovery.readings[reading],
    recovery.wouldCopy({
      files: size.files,
      folders: size.folders,
      size: formatSize(size.bytes),
      from: `${volume.selector}: ${paths.map(showable).join(', ')}`,
      to,
      free: formatSize(freeBytes),
    }),
  ].join('\n');

/** What a dry run of `clone` says. */
export const formatClonePlan = (
  { device, sizeBytes, file, mapFile, freeBytes }: ClonePlan,
  { recovery }: Text,
): string =>
  recovery.wouldClone({
    ...{ device, file, map: mapFile },
    ...{ size: formatSize(sizeBytes), free: formatSize(freeBytes) },
  });
