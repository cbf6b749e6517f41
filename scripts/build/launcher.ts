import { dirname } from 'node:path';
import { getRawAsset } from 'node:sea';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';

/**
 * What a single executable runs first. The program lies beside it in pieces, cut where the source says import(): each
 * is read and compiled when it is first asked for, so that nobody waits for what they do not use.
 */

const executable = process.execPath;
const surroundings = {
  __filename: executable,
  __dirname: dirname(executable),
  importMetaUrl: pathToFileURL(executable).href,
};

const pieces = new Map<string, { exports: unknown }>();

/** `require` as the pieces know it: one another as `./name`, and what is built into Node. */
const load = (id: string): unknown => {
  if (!id.startsWith('./')) return builtIn(id);
  const known = pieces.get(id);
  if (known) return known.exports;
  const piece = { exports: {} };
  pieces.set(id, piece);
  const code = Buffer.from(getRawAsset(id.slice(2))).toString('latin1');
  const parameters = ['module', 'exports', 'require', ...Object.keys(surroundings)];
  const run = compileFunction(code, parameters, { filename: id });
  run(piece, piece.exports, load, ...Object.values(surroundings));
  return piece.exports;
};

const builtIn = (id: string): unknown => {
  const found = process.getBuiltinModule(id);
  if (found === undefined) throw new Error(`${id} is neither part of Sparekey nor of Node`);
  return found;
};

load('./main.js');
