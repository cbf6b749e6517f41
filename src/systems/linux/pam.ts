import { type PamLine, parsePamService } from '../../formats/pam-service.ts';
import type { Tree, TreePath } from '../../model/tree.ts';
import { listIfPossible, readIfPossible } from '../look.ts';
import { join } from '../paths.ts';

/** A line of a service, and the file that it stands in. */
export interface PlacedPamLine extends PamLine {
  readonly service: string;
  readonly path: TreePath;
}

/** The distribution's own services stand in the second, where there is one: those in /etc win (pam.d(5)). */
const folders = ['etc/pam.d', 'usr/lib/pam.d'];
/** Services read: a stranger's folder may hold millions. */
const servicesRead = 200;

/** Every line of every service of a system, as it stands: nothing is included or decided here. */
export const readPamLines = async (tree: Tree, home: TreePath): Promise<readonly PlacedPamLine[]> => {
  const services = new Map<string, TreePath>();
  for (const folder of folders)
    for (const { name, kind } of await listIfPossible(tree, join(home, folder)))
      if (kind !== 'directory' && !services.has(name) && services.size < servicesRead)
        services.set(name, join(home, `${folder}/${name}`));
  const lines: PlacedPamLine[] = [];
  for (const [service, path] of services) {
    const bytes = await readIfPossible(tree, path);
    if (bytes) lines.push(...parsePamService(bytes).map((line) => ({ ...line, service, path })));
  }
  return lines;
};

/** The lines that call a module, whatever folder it is named in. */
export const callsOf = (lines: readonly PlacedPamLine[], module: string): readonly PlacedPamLine[] =>
  lines.filter((line) => line.type !== 'include' && line.module.replace(/^.*\//, '') === module);
