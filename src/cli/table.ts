import stringWidth from 'string-width';

/** Rows as aligned columns, two blanks apart; the last column is not padded. Empty columns are left out. */
export const formatTable = (rows: readonly (readonly string[])[], indent = ''): readonly string[] => {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const columns = Array.from({ length: count }, (_, column) => column);
  const widths = columns.map((column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))));
  const shown = columns.filter((column) => (widths[column] ?? 0) > 0);
  return rows.map((row) => {
    const cells = shown.map((column) => pad(row[column] ?? '', widths[column] ?? 0));
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
};

const pad = (cell: string, width: number): string => cell + ' '.repeat(Math.max(0, width - stringWidth(cell)));
