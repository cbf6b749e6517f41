import stringWidth from 'string-width';

/** Rows as aligned columns, two blanks apart; the last column is not padded. Empty columns are left out. */
export const formatTable = (rows: readonly (readonly string[])[], indent = ''): readonly string[] => {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell));
  const shown = [...widths.keys()].filter((column) => (widths[column] ?? 0) > 0);
  return rows.map((row) => {
    const cells = shown.map((column) => pad(row[column] ?? '', widths[column] ?? 0));
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
};

const pad = (cell: string, width: number): string => cell + ' '.repeat(Math.max(0, width - stringWidth(cell)));
