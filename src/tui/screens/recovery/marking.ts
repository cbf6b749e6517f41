import { formatSize } from '../../../formats/size.ts';
import type { TreePath } from '../../../model/tree.ts';
import { type Line, line, paragraph } from '../../kit/frame.ts';
import { textOf } from '../../kit/layout.ts';
import { sourceOf } from '../../recovery/find.ts';
import { markOver, toggled } from '../../recovery/marks.ts';
import type { Cargo, FolderScreen, LandmarksScreen, Mark, Remark } from '../../recovery/state.ts';
import type { State } from '../../state.ts';
import { changed, opened, type Step, stay } from '../../step.ts';

/** "3 marked: 1.2 GB in 5321 files, counting …" */
export const copyLine = (state: State): Line => {
  const { folder } = textOf(state).tui.recovery;
  const { marks = [], count } = state.recovery ?? {};
  if (marks.length === 0) return line(folder.nothingMarked, 'faint');
  const { files, bytes } = count?.size ?? { files: 0, bytes: 0 };
  const words = folder.marked(marks.length, formatSize(bytes), files);
  return line(count?.isDone ? words : `${words}, ${folder.counting}`, 'title');
};

/** Why a key did not do what it does elsewhere. */
export const remarkLines = (state: State, remark: Remark, columns: number): readonly Line[] => {
  const { folder } = textOf(state).tui.recovery;
  const words = remark.kind === 'inside-marked' ? folder.insideMarked(remark.path) : folder.remarks[remark.kind];
  return paragraph(words, columns, 'warning');
};

/** Marks, or takes the mark away. */
export const mark = (state: State, screen: FolderScreen | LandmarksScreen, ...marks: readonly Mark[]): Step => {
  const { recovery } = state;
  if (!recovery) return stay(state);
  const isAll = marks.every(({ path }) => recovery.marks.some((each) => each.path === path));
  // Several belong together: they are marked until all are, and only then taken away together.
  const change = isAll ? marks : marks.filter(({ path }) => markOver(recovery.marks, path)?.path !== path);
  let next = recovery.marks;
  for (const each of change) {
    const after = toggled(next, each);
    const path = markOver(next, each.path)?.path ?? each.path;
    if (after === undefined) return stay(changed(state, { ...screen, remark: { kind: 'inside-marked', path } }));
    next = after;
  }
  const marked = { ...state, recovery: { ...recovery, marks: next } };
  return stay(changed(marked, { ...screen, remark: undefined }));
};

/** To the question where to copy, where there is something to copy. */
export const chooseDestination = (state: State, screen: FolderScreen | LandmarksScreen): Step => {
  const { recovery } = state;
  if (!recovery || recovery.marks.length === 0)
    return stay(changed(state, { ...screen, remark: { kind: 'nothing-marked' } }));
  const here = changed(state, { ...screen, remark: undefined });
  return askWhere(here, { kind: 'files', volume: recovery.volume });
};

/** To the places with room, which are looked for as long as somebody is there. */
export const askWhere = (state: State, cargo: Cargo): Step =>
  stay(opened(state, { name: 'destinations', cargo, job: 0, places: undefined, disks: undefined, chosen: undefined }));

/** Finds out what a link leads to, on a screen of its own that can be left. */
export const follow = (state: State, path: TreePath): Step => {
  const volume = sourceOf(state);
  if (!volume) return stay(state);
  const job = state.lastJob + 1;
  return stay({ ...opened(state, { name: 'following', job }), lastJob: job }, { kind: 'follow', job, volume, path });
};
