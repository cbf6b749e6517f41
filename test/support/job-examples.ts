import { readFileSync } from 'node:fs';

/** The job files that people are shown: on the stick, with each of its commented options taken up, and in the README. */

export const example = readFileSync('image/stick/sparekey.example.yaml', 'utf8');
export const readme = readFileSync('README.md', 'utf8');

const uncommented = (lines: string) => lines.replace(/^ {2}# /gm, '  ');
const withOption = (line: RegExp) => example.replace(line, '$1$2');

/** The example, by the option that was taken up in it. */
export const variants = {
  swap: withOption(/^()# (swap: true)/m),
  unlock: withOption(/^( +)# (unlock: true)/m),
  'password-hash': withOption(/^( +)# (password-hash: "[^"]+")/m).replace(/^ +password: .*\n/m, ''),
  generate: withOption(/^( +)# (generate: true)/m).replace(/^ +password: .*\n/m, ''),
  undo: example.replace(/^ {2}# - undo:(\n {2}# {5}.*)+/m, uncommented),
  recover: example.replace(/^ {2}# - recover:(\n {2}# {5}.*)+/m, uncommented),
} as const;

const blocks = [...readme.matchAll(/((?: {4}.*\n|\n)*)/g)].map(([block]) => block.replace(/^ {4}/gm, ''));
export const readmeJobs: readonly string[] = blocks.filter((block) => /^version: 1/m.test(block));
