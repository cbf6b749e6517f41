/** How fast something goes on, and how long it will take. */
export interface Pace {
  readonly bytesPerSecond: number;
  /** Where the end is known, and something has moved. */
  readonly remainingMs: number | undefined;
}

export const paceOf = (doneBytes: number, totalBytes: number | undefined, elapsedMs: number): Pace => {
  const bytesPerMs = doneBytes / Math.max(1, elapsedMs);
  const isKnown = totalBytes !== undefined && bytesPerMs > 0;
  return {
    bytesPerSecond: bytesPerMs * 1000,
    remainingMs: isKnown ? Math.max(0, (totalBytes - doneBytes) / bytesPerMs) : undefined,
  };
};

/** 1:05:09, from milliseconds. */
export const formatDuration = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const pad = (number: number) => String(number).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
};
