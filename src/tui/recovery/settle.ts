import { findVolume } from '../find.ts';
import { areaOf } from '../kit/layout.ts';
import { shownEntries } from '../screens/recovery/folder.ts';
import type { State } from '../state.ts';
import { changed, type Step, stay, topOf } from '../step.ts';
import { activeRecovery, sourceOf, systemOf } from './find.ts';
import type { RecoveryEffect } from './messages.ts';
import type { RecoveryState } from './state.ts';

/*
 * What follows from where somebody stands on the way through the files of a volume: it is opened, its folder is read,
 * what is marked is counted, and it is closed when they leave. A screen says only where it is.
 */

/** The step, with all that follows from it. */
export const settle = (before: State, step: Step): Step =>
  [closeWhenLeft(before), openSource, listFolder, lookUpDetails, countMarks, listPlaces].reduce<Step>(
    ([state, effects], follow) => {
      const [next, more] = follow(state);
      return [next, [...effects, ...more]];
    },
    step,
  );

const withRecovery = (state: State, change: Partial<RecoveryState>, ...effects: readonly RecoveryEffect[]): Step => {
  const { recovery } = state;
  return recovery ? stay({ ...state, recovery: { ...recovery, ...change } }, ...effects) : stay(state);
};

/** Starts a job whose answer only the recovery waits for. */
const withJob = (
  state: State,
  change: (job: number) => Partial<RecoveryState>,
  effect: (job: number) => RecoveryEffect,
): Step => {
  const job = state.lastJob + 1;
  return withRecovery({ ...state, lastJob: job }, change(job), effect(job));
};

const closed = { opening: undefined, sourceReading: undefined, listing: undefined } as const;

/** Nobody needs it any more, or it was pulled out: then it is opened anew when it is back. */
const closeWhenLeft =
  (before: State) =>
  (state: State): Step => {
    const { recovery } = state;
    const wasOpen = activeRecovery(before) !== undefined || recovery?.sourceReading !== undefined;
    const isStillThere = activeRecovery(state) !== undefined && sourceOf(state) !== undefined;
    if (!recovery || !wasOpen || isStillThere || isClosed(recovery)) return stay(state);
    const { count } = recovery;
    const stops: readonly RecoveryEffect[] = count && !count.isDone ? [{ kind: 'stop', job: count.job }] : [];
    const kept = count?.isDone ? count : undefined;
    return withRecovery(state, { ...closed, count: kept }, ...stops, { kind: 'close-source' });
  };

const isClosed = ({ opening, sourceReading }: RecoveryState): boolean =>
  opening === undefined && sourceReading === undefined;

const openSource = (state: State): Step => {
  const recovery = activeRecovery(state);
  const volume = sourceOf(state);
  if (!recovery || !volume || !isClosed(recovery)) return stay(state);
  const system = systemOf(state);
  return withJob(
    state,
    (job) => ({ opening: job }),
    (job) => ({ kind: 'open-source', job, volume, system }),
  );
};

const listFolder = (state: State): Step => {
  const screen = topOf(state);
  const recovery = activeRecovery(state);
  const volume = sourceOf(state);
  if (screen.name !== 'folder' || !recovery || !volume || recovery.sourceReading === undefined) return stay(state);
  const { path } = screen;
  if (recovery.listing?.path === path) return stay(state);
  const nothingYet = { entries: undefined, isCut: false, details: new Map(), detailing: undefined };
  return withJob(
    state,
    (job) => ({ listing: { job, path, ...nothingYet } }),
    (job) => ({ kind: 'list-folder', job, volume, path }),
  );
};

/** Only of what is on the screen: a folder may hold a hundred thousand. */
const lookUpDetails = (state: State): Step => {
  const screen = topOf(state);
  const listing = activeRecovery(state)?.listing;
  const volume = sourceOf(state);
  if (screen.name !== 'folder' || !listing?.entries || listing.path !== screen.path || !volume) return stay(state);
  if (listing.detailing !== undefined) return stay(state);
  const names = shownEntries(state, screen, areaOf(state))
    .filter(({ name, kind }) => (kind === 'file' || kind === 'directory') && !listing.details.has(name))
    .map(({ name }) => name);
  if (names.length === 0) return stay(state);
  return withJob(
    state,
    (job) => ({ listing: { ...listing, detailing: job } }),
    (job) => ({ kind: 'detail', job, volume, folder: listing.path, names }),
  );
};

const countMarks = (state: State): Step => {
  const recovery = activeRecovery(state);
  const volume = sourceOf(state);
  if (!recovery || !volume || recovery.sourceReading === undefined) return stay(state);
  const { count, marks } = recovery;
  // The copy counts for itself, and wants the disk for itself.
  const isCopying = topOf(state).name === 'copying';
  const isCurrent = count?.marks === marks || (count === undefined && marks.length === 0);
  const isRunning = count !== undefined && !count.isDone;
  const stops: readonly RecoveryEffect[] = isRunning ? [{ kind: 'stop', job: count.job }] : [];
  if (isCopying) return isRunning ? withRecovery(state, { count: undefined }, ...stops) : stay(state);
  if (isCurrent) return stay(state);
  if (marks.length === 0) return withRecovery(state, { count: undefined }, ...stops);
  const [next, effects] = withJob(
    state,
    (job) => ({ count: { job, marks, size: { files: 0, folders: 0, bytes: 0 }, isDone: false } }),
    (job) => ({ kind: 'count', job, volume, paths: marks.map(({ path }) => path) }),
  );
  return [next, [...stops, ...effects]];
};

/** Places come and go with the disks. */
const listPlaces = (state: State): Step => {
  const screen = topOf(state);
  const { disks } = state.disks.scan;
  if (screen.name !== 'destinations' || screen.disks === disks) return stay(state);
  const volume = findVolume(state, screen.cargo.volume);
  if (!volume) return stay(state);
  const job = state.lastJob + 1;
  return stay(
    { ...changed(state, { ...screen, job, disks }), lastJob: job },
    { kind: 'list-places', job, disks, volume },
  );
};
