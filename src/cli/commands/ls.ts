import { openSource } from '../../engine/recovery/source.ts';
import { showable } from '../../formats/bytes.ts';
import { jsonDocument } from '../../formats/json-text.ts';
import { formatSize } from '../../formats/size.ts';
import type { Entry, FileStatus, Tree, TreePath } from '../../model/tree.ts';
import { defineCommand } from '../command.ts';
import { sourcesAsked } from '../sources.ts';
import { formatTable } from '../table.ts';

/** Beyond this, sizes are left out: each would be one more question to a disk that may be slow. */
const entriesAskedAbout = 5000;

/** What is in a folder of a volume. */
export const lsCommand = defineCommand({
  syntax: 'ls [path]',
  name: 'ls',
  options: (parser, words) => parser.positional('path', { type: 'string', default: '/', describe: words.path }),
  run: async ({ context, terminal, text, openRecovery }, options) => {
    const sources = await sourcesAsked(context, options);
    await using source = await openSource(context, await openRecovery(), {
      sources,
      on: options.on,
      paths: [options.path],
    });
    const { tree, reading } = source.view;
    const [path = '/'] = source.paths;
    const listed = await listEntries(tree, path);
    if (options.json) {
      const { selector, id } = source.volume;
      const entries = listed.map(({ entry, status }) => ({ ...entry, ...status, kind: entry.kind }));
      const document = { version: 1, volume: { id, selector }, reading, path, entries };
      return terminal.print(jsonDocument(document));
    }
    if (reading !== 'as-is') terminal.tell(text.recovery.readings[reading]);
    terminal.print(formatTable(listed.map(rowOf)).join('\n'));
  },
});

interface Listed {
  readonly entry: Entry;
  readonly status: FileStatus | undefined;
}

const listEntries = async (tree: Tree, path: TreePath): Promise<readonly Listed[]> => {
  const status = await tree.status(path);
  const entries: readonly Entry[] =
    status?.kind === 'directory' ? await tree.list(path) : [{ name: path, kind: status?.kind ?? 'other' }];
  const sorted = entries.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const isAskedAbout = sorted.length <= entriesAskedAbout;
  const listed: Listed[] = [];
  for (const entry of sorted) {
    const inside = entry.name.startsWith('/') ? entry.name : `${path === '/' ? '' : path}/${entry.name}`;
    const isPlain = entry.kind === 'file' || entry.kind === 'directory';
    listed.push({ entry, status: isAskedAbout && isPlain ? await statusOf(tree, inside) : undefined });
  }
  return listed;
};

/** What cannot be asked about is listed all the same. */
const statusOf = (tree: Tree, path: TreePath): Promise<FileStatus | undefined> =>
  tree.status(path).catch(() => undefined);

const marks: Readonly<Record<Entry['kind'], string>> = { file: '', directory: '/', symlink: '@', other: '?' };

const rowOf = ({ entry, status }: Listed): readonly string[] => [
  status ? status.mode.toString(8).padStart(4, '0') : '',
  status && entry.kind === 'file' ? formatSize(status.sizeBytes) : '',
  `${showable(entry.name)}${marks[entry.kind]}`,
];
