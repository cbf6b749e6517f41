const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Decimal units, as on the package of a disk: 31.9 GB. */
export const formatSize = (sizeBytes: number): string => {
  const power = sizeBytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(sizeBytes) / 3));
  const amount = sizeBytes / 1000 ** power;
  return `${amount < 10 && power > 0 ? amount.toFixed(1) : Math.round(amount)} ${units[power]}`;
};
