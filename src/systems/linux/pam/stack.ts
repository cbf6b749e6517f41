import { type PamControl, parsePamControl } from '../../../formats/pam-control.ts';
import { type PamLine, parsePamService } from '../../../formats/pam-service.ts';
import type { Tree, TreePath } from '../../../model/tree.ts';
import { readIfPossible } from '../../look.ts';
import { isPath, join } from '../../paths.ts';

export type PamKind = 'auth' | 'account';

/** A module that is asked, where it stands, and in how many substacks. */
export interface PamStep {
  readonly path: TreePath;
  readonly line: number;
  readonly level: number;
  /**
   * `pam_unix.so`, without folders; undefined where a file that is included cannot be read, which fails; and the name of
   * a substack, which counts as one step, and says nothing itself, in front of what is in it.
   */
  readonly module: string | undefined;
  readonly isSubstack: boolean;
  /** Named with a folder of its own. */
  readonly isElsewhere: boolean;
  readonly control: PamControl;
  readonly args: readonly string[];
}

/** Linux-PAM gives up beyond (pam_private.h, PAM_SUBSTACK_MAX_LEVEL). */
const deepestInclude = 16;
/** Lines in all: a stranger's includes may multiply. */
const stepsRead = 1000;
/** The distribution's own services stand in the others, where there are any: those in /etc win (pam.d(5)). */
const folders = ['etc/pam.d', 'usr/lib/pam.d', 'usr/etc/pam.d'];

/** What a service asks, in order; a service without a line of this kind is asked what `other` says. Undefined where PAM is not in use. */
export const readPamStack = async (
  tree: Tree,
  home: TreePath,
  service: string,
  kind: PamKind,
): Promise<readonly PamStep[] | undefined> => {
  for (const name of [service, 'other']) {
    const reading: Reading = { tree, home, kind, steps: [] };
    const isRead = await readService(reading, name, { kind, level: 0, depth: 0 });
    if (isRead && reading.steps.length > 0) return reading.steps;
  }
  return undefined;
};

interface Reading {
  readonly tree: Tree;
  readonly home: TreePath;
  readonly kind: PamKind;
  readonly steps: PamStep[];
}

interface Position {
  /** Only lines of this kind are taken; an @include takes what the file around it takes. */
  readonly kind: PamKind;
  readonly level: number;
  readonly depth: number;
}

const readService = async (reading: Reading, name: string, position: Position): Promise<boolean> => {
  const found = position.depth < deepestInclude ? await findService(reading, name) : undefined;
  if (!found) return false;
  for (const line of parsePamService(found.bytes)) {
    if (reading.steps.length >= stepsRead) return false;
    await readLine(reading, found.path, line, position);
  }
  return true;
};

const readLine = async (reading: Reading, path: TreePath, line: PamLine, position: Position): Promise<void> => {
  const isIncluding = /^(include|substack)$/i.test(line.control);
  const inner = { ...position, depth: position.depth + 1 };
  if (line.type === 'include') {
    if (!(await readService(reading, line.module, inner))) reading.steps.push(failing(path, line, position));
    return;
  }
  if (line.type !== reading.kind) return;
  if (isIncluding) {
    const isSubstack = line.control.toLowerCase() === 'substack';
    const level = position.level + (isSubstack ? 1 : 0);
    if (isSubstack) reading.steps.push({ ...failing(path, line, position), control: () => 'ignore', isSubstack });
    if (!(await readService(reading, line.module, { ...inner, level })))
      reading.steps.push(failing(path, line, position));
    return;
  }
  const { level } = position;
  const module = line.module.replace(/^.*\//, '');
  const step = {
    path,
    line: line.line,
    level,
    module,
    args: line.args,
    isSubstack: false,
    isElsewhere: line.module.includes('/'),
  };
  reading.steps.push({ ...step, control: parsePamControl(line.control) });
};

const failing = (path: TreePath, { line, args }: PamLine, { level }: Position): PamStep => ({
  ...{
    path,
    line,
    level,
    module: undefined,
    control: () => 'bad' as const,
    args,
    isSubstack: false,
    isElsewhere: false,
  },
});

const findService = async ({ tree, home }: Reading, name: string) => {
  const candidates = name.startsWith('/')
    ? [join(home, name.slice(1))]
    : folders.map((folder) => join(home, `${folder}/${name}`));
  for (const path of candidates.filter(isPath)) {
    const bytes = await readIfPossible(tree, path);
    if (bytes) return { path, bytes };
  }
  return undefined;
};
