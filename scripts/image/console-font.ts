import { gunzipSync } from 'node:zlib';
import { BuildError } from './command.ts';

/** A console font: glyph bitmaps, all of one size, by Unicode code point. */
interface Font {
  readonly width: number;
  readonly height: number;
  readonly glyphs: ReadonlyMap<number, Uint8Array>;
}

const glyphLimit = 512;

/** Characters by importance; when the 512 places of a console font are taken, the rest is left out. */
const wanted = [
  ...codePoints(0x20, 0x7e),
  ...codePoints(0xa0, 0xff),
  ...'─│┌┐└┘├┤┬┴┼═║╔╗╚╝╠╣╦╩╬╭╮╰╯━┃┏┓┗┛┣┫┳┻╋╒╓╕╖╘╙╛╜╞╟╡╢╤╥╧╨╪╫',
  ...'▀▁▂▃▄▅▆▇█▉▊▋▌▍▎▏▐░▒▓■▪▬▲►▼◄◆●',
  ...'‐–—‘’‚“”„†•…‰‹›€™←↑→↓↔↕−≈≠≤≥∞√·\ufffd',
  ...codePoints(0x100, 0x17f),
  ...'ȘșȚțƒ',
  ...codePoints(0x391, 0x3c9),
  ...codePoints(0x410, 0x44f),
].map((each) => (typeof each === 'number' ? each : (each.codePointAt(0) ?? 0)));

/** Makes a console font with block elements out of one of Debian's, which lack them. Gives PSF version 2. */
export function drawConsoleFont(compressed: Uint8Array): Buffer {
  const base = parseFont(gunzipSync(compressed));
  const blocks = drawBlocks(base.width, base.height);
  return formatFont({ ...base, glyphs: new Map([...base.glyphs, ...blocks]) });
}

function codePoints(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Reads PSF version 1 or 2 with its Unicode table (the `psfaddtable` manual and kbd's psf.h describe both). */
function parseFont(bytes: Buffer): Font {
  const isOld = bytes.readUInt16LE(0) === 0x0436;
  if (!isOld && bytes.readUInt32LE(0) !== 0x864ab572) throw new BuildError('Not a PSF console font.');
  const headerSize = isOld ? 4 : bytes.readUInt32LE(8);
  const count = isOld ? ((bytes[2] ?? 0) & 1 ? 512 : 256) : bytes.readUInt32LE(16);
  const glyphSize = isOld ? (bytes[3] ?? 0) : bytes.readUInt32LE(20);
  const height = isOld ? glyphSize : bytes.readUInt32LE(24);
  const width = isOld ? 8 : bytes.readUInt32LE(28);
  const table = bytes.subarray(headerSize + count * glyphSize);
  const characters = isOld ? readOldTable(table, count) : readTable(table, count);
  const glyphs = new Map<number, Uint8Array>();
  for (const [index, list] of characters.entries()) {
    const start = headerSize + index * glyphSize;
    for (const character of list) glyphs.set(character, bytes.subarray(start, start + glyphSize));
  }
  return { width, height, glyphs };
}

/** Version 1: 16-bit code points, 0xFFFF ends a glyph's list, 0xFFFE starts a sequence, which we skip. */
function readOldTable(table: Buffer, count: number): readonly (readonly number[])[] {
  const lists: number[][] = [];
  for (let offset = 0, list: number[] = []; lists.length < count; offset += 2) {
    const value = table.readUInt16LE(offset);
    if (value < 0xfffe) list.push(value);
    if (value !== 0xffff) continue;
    lists.push(list);
    list = [];
  }
  return lists;
}

/** Version 2: UTF-8, 0xFF ends a glyph's list, 0xFE starts a sequence, which we skip. */
function readTable(table: Buffer, count: number): readonly (readonly number[])[] {
  const text = table.toString('latin1').split('\xff').slice(0, count);
  return text.map((list) => {
    const single = list.split('\xfe')[0] ?? '';
    return [...Buffer.from(single, 'latin1').toString('utf8')].map((each) => each.codePointAt(0) ?? 0);
  });
}

type Shape = (x: number, y: number) => boolean;

function drawBlocks(width: number, height: number): ReadonlyMap<number, Uint8Array> {
  const shapes = new Map<string, Shape>([
    ['█', () => true],
    ['▀', (_, y) => y < height / 2],
    ['▐', (x) => x >= width / 2],
    ['░', (x, y) => (x + 2 * (y % 2)) % 4 === 0],
    ['▒', (x, y) => (x + y) % 2 === 0],
    ['▓', (x, y) => (x + 2 * (y % 2)) % 4 !== 0],
  ]);
  for (const [index, character] of [...'▁▂▃▄▅▆▇'].entries()) {
    shapes.set(character, (_, y) => y >= height - Math.round((height * (index + 1)) / 8));
  }
  for (const [index, character] of [...'▏▎▍▌▋▊▉'].entries()) {
    shapes.set(character, (x) => x < Math.round((width * (index + 1)) / 8));
  }
  const draw = (shape: Shape) => rasterise(width, height, shape);
  return new Map([...shapes].map(([character, shape]) => [character.codePointAt(0) ?? 0, draw(shape)]));
}

function rasterise(width: number, height: number, shape: Shape): Uint8Array {
  const rowBytes = Math.ceil(width / 8);
  const glyph = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (shape(x, y)) glyph[y * rowBytes + (x >> 3)] = (glyph[y * rowBytes + (x >> 3)] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return glyph;
}

/** Places ASCII at its own numbers, where the kernel expects the space, and everything else behind. */
function formatFont(font: Font): Buffer {
  const glyphSize = Math.ceil(font.width / 8) * font.height;
  const bitmaps = Buffer.alloc(glyphLimit * glyphSize);
  const names: string[] = Array.from({ length: glyphLimit }, () => '');
  const placeOf = new Map<string, number>();
  const free = [...codePoints(0, 0x1f), ...codePoints(0x7f, glyphLimit - 1)];
  for (const character of wanted) {
    const glyph = font.glyphs.get(character);
    if (!glyph) continue;
    const key = Buffer.from(glyph).toString('latin1');
    const isAscii = character >= 0x20 && character <= 0x7e;
    const place = isAscii ? character : (placeOf.get(key) ?? free.shift());
    if (place === undefined) break;
    if (!placeOf.has(key)) placeOf.set(key, place);
    bitmaps.set(glyph, place * glyphSize);
    names[place] += String.fromCodePoint(character);
  }
  const header = Buffer.alloc(32);
  const fields = [0x864ab572, 0, header.length, 1, glyphLimit, glyphSize, font.height, font.width];
  for (const [index, value] of fields.entries()) header.writeUInt32LE(value, index * 4);
  const table = names.map((name) => Buffer.concat([Buffer.from(name), Buffer.from([0xff])]));
  return Buffer.concat([header, bitmaps, ...table]);
}
