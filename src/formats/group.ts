import { entryName, parseColonFile } from './colon-file.ts';

/** One group of /etc/group (group(5)). */
export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

export const parseGroup = (bytes: Uint8Array): readonly GroupEntry[] =>
  parseColonFile(bytes).flatMap((line) => {
    const name = entryName(line);
    const [, , gid = '', members = ''] = line.fields;
    if (name === undefined || !/^\d{1,10}$/.test(gid)) return [];
    return [{ name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') }];
  });
