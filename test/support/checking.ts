import { parsePasswd } from '../../src/formats/passwd.ts';
import type { CheckSubject, Finding } from '../../src/model/finding.ts';
import type { Tree } from '../../src/model/tree.ts';
import { inspect } from '../../src/operations/findings.ts';
import { linuxChecks } from '../../src/systems/linux/checks/index.ts';
import { accountOf } from './account.ts';
import { type FixtureTree, folder } from './fixture-tree.ts';
import { nowMs } from './small-linux.ts';
import { volumeOf } from './volume.ts';

/** A Linux to be checked. */
export const subjectOf = (tree: Tree, different: Partial<CheckSubject> = {}): CheckSubject => {
  const volume = volumeOf();
  return { tree, home: '/', volume, volumes: [volume], nowMs, ...different };
};

/** What is found about an account, and about everybody. */
export const findingsOf = (
  tree: Tree,
  name = 'bob',
  different: Partial<CheckSubject> = {},
): Promise<readonly Finding[]> => {
  const subject = subjectOf(tree, different);
  const system = { profile: { loginChecks: linuxChecks } } as unknown as Parameters<typeof inspect>[1];
  return inspect(subject, system, accountOf(name));
};

/** What git cannot keep: everybody's home, empty where nothing is in it, and everything in it his own. */
export const withHomes = (tree: FixtureTree): Tree => {
  const people = parsePasswd(tree.files.get('/etc/passwd') ?? new Uint8Array()).filter(({ home }) =>
    /^\/(root|home|srv)\b/.test(home),
  );
  const missing = people.filter(({ home }) => ![...tree.files.keys()].some((path) => path.startsWith(`${home}/`)));
  const whole = tree.with(Object.fromEntries(missing.map(({ home }) => [home, folder])));
  return {
    ...whole,
    status: async (path) => {
      const status = await whole.status(path);
      const owner = people.find(({ home }) => path === home || path.startsWith(`${home}/`));
      return status && owner ? { ...status, uid: owner.uid, gid: owner.gid } : status;
    },
  };
};
