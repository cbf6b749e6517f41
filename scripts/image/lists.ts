import { readFile } from 'node:fs/promises';
import { BuildError } from './command.ts';

export type Architecture = 'amd64' | 'arm64';

export const architectures: readonly Architecture[] = ['amd64', 'arm64'];

/** One line of a list under image/: its first word, the architectures it is for, and the rest of the line. */
export interface ListLine {
  readonly name: string;
  readonly rest: string;
}

/**
 * Reads a list: one thing a line, then its reason or value; `#` starts a comment line; `[amd64]` or `[arm64]`
 * after the name keeps the line for that architecture.
 */
export async function readList(path: string, architecture: Architecture): Promise<readonly ListLine[]> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const result: ListLine[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const match = /^(\S+)(?:\s+\[([a-z0-9 ]+)\])?\s+(\S.*)$/.exec(line);
    if (!match) throw new BuildError(`${path}:${index + 1}: expected a name and its reason: ${line}`);
    const [, name = '', only, rest = ''] = match;
    if (only && !only.split(' ').includes(architecture)) continue;
    result.push({ name, rest: rest.trim() });
  }
  return result;
}

/** The names alone. */
export async function readNames(path: string, architecture: Architecture): Promise<readonly string[]> {
  return (await readList(path, architecture)).map((line) => line.name);
}

/** What image/architectures/ says about one: its kernel package, library folder, ELF loader and our binary's name. */
export interface ArchitectureFacts {
  readonly kernel: string;
  readonly triplet: string;
  readonly loader: string;
  readonly binary: string;
}

export async function readArchitecture(folder: string, architecture: Architecture): Promise<ArchitectureFacts> {
  const path = `${folder}/architectures/${architecture}.txt`;
  const values = new Map((await readList(path, architecture)).map((line) => [line.name, line.rest]));
  const value = (key: string) => {
    const found = values.get(key);
    if (found === undefined) throw new BuildError(`${path} lacks a line "${key}".`);
    return found;
  };
  return { kernel: value('kernel'), triplet: value('triplet'), loader: value('loader'), binary: value('binary') };
}
