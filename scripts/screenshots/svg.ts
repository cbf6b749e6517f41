/** Turns what a terminal shows, with SGR sequences (ECMA-48 8.3.117), into a picture. */

const cell = { width: 8.5, height: 18 };
const padding = 12;

/** The eight colours of a Linux console, and their brighter forms for bold. */
const background = '#14181f';
const colours = [background, '#cd5c5c', '#5fb87a', '#d7a24a', '#3a6fd8', '#b06fc0', '#4fb8c0', '#d8dee6'];
const foreground = '#d8dee6';

interface Style {
  readonly isBold: boolean;
  readonly isReverse: boolean;
  readonly isUnderlined: boolean;
  readonly ink: string;
  readonly paper: string | undefined;
}

const plain: Style = { isBold: false, isReverse: false, isUnderlined: false, ink: foreground, paper: undefined };

const withParameter = (style: Style, parameter: number): Style => {
  if (parameter === 0) return plain;
  if (parameter === 1) return { ...style, isBold: true };
  if (parameter === 4) return { ...style, isUnderlined: true };
  if (parameter === 7) return { ...style, isReverse: true };
  if (parameter >= 30 && parameter <= 37) return { ...style, ink: colours[parameter - 30] ?? foreground };
  if (parameter === 39) return { ...style, ink: foreground };
  if (parameter >= 40 && parameter <= 47) return { ...style, paper: colours[parameter - 40] };
  return parameter === 49 ? { ...style, paper: undefined } : style;
};

interface Run {
  readonly column: number;
  readonly text: string;
  readonly style: Style;
}

/** The style goes on from line to line, as tmux leaves out what has not changed. */
const runsOf = (line: string, start: Style): { readonly runs: readonly Run[]; readonly style: Style } => {
  const runs: Run[] = [];
  let style = start;
  let column = 0;
  for (const [, parameters, text] of line.matchAll(/\u001b\[([0-9;]*)m|([^\u001b]+)/g)) {
    if (text === undefined) style = (parameters ?? '').split(';').map(Number).reduce(withParameter, style);
    else {
      runs.push({ column, text, style });
      column += [...text].length;
    }
  }
  return { runs, style };
};

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const drawRun = ({ column, text, style }: Run, row: number): string => {
  const width = [...text].length * cell.width;
  const [x, y] = [padding + column * cell.width, padding + row * cell.height];
  const ink = style.isReverse ? (style.paper ?? background) : style.ink;
  const paper = style.isReverse ? style.ink : style.paper;
  const box = paper ? `<rect x="${x}" y="${y}" width="${width}" height="${cell.height}" fill="${paper}"/>` : '';
  const weight = style.isBold ? ' font-weight="bold"' : '';
  const line = style.isUnderlined ? ' text-decoration="underline"' : '';
  const place = `x="${x}" y="${y + cell.height - 5}" textLength="${width}" fill="${ink}"`;
  const isBlank = text.trim() === '' && !style.isUnderlined;
  return box + (isBlank ? '' : `<text ${place}${weight}${line}>${escapeXml(text)}</text>`);
};

/** @param screen lines as `tmux capture-pane -e` prints them */
export const drawScreen = (screen: string, columns: number, rows: number, title: string): string => {
  const [width, height] = [2 * padding + columns * cell.width, 2 * padding + rows * cell.height];
  let style = plain;
  const drawn = screen.split('\n').map((line, row) => {
    const { runs, style: next } = runsOf(line, style);
    style = next;
    return runs.map((run) => drawRun(run, row)).join('');
  });
  const font = 'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" xml:space="preserve"';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${font}>`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="100%" height="100%" rx="6" fill="${background}"/>`,
    ...drawn.filter((line) => line !== ''),
    '</svg>\n',
  ].join('\n');
};
