import { isComplete } from '../../model/receipt.ts';
import { fromTheTop } from '../kit/text-position.ts';
import { firstScreen, type Screen, type State } from '../state.ts';
import { backFrom, lookAgain, mapScreen, opened, refuse, type Step, stay, topOf } from '../step.ts';
import { nameOf, parentOf } from './marks.ts';
import type { RecoveryMessage } from './messages.ts';
import type { CopiedScreen, CopyingScreen, Listing, RecoveryState } from './state.ts';

const mapRecovery = (state: State, change: (recovery: RecoveryState) => RecoveryState): Step =>
  stay(state.recovery ? { ...state, recovery: change(state.recovery) } : state);

const mapListing = (state: State, change: (listing: Listing) => Listing): Step =>
  mapRecovery(state, (recovery) => (recovery.listing ? { ...recovery, listing: change(recovery.listing) } : recovery));

/** How many details are kept: of some screens full, not of a whole folder. */
const detailsKept = 2000;

/** What becomes of the state when a job of getting files out has something to say. */
export const onRecovery = (state: State, message: RecoveryMessage): Step => {
  const { job } = message;
  switch (message.kind) {
    case 'source-opened': {
      const { reading, landmarks } = message;
      return mapRecovery(state, (recovery) =>
        recovery.opening === job ? { ...recovery, opening: undefined, sourceReading: reading, landmarks } : recovery,
      );
    }
    case 'folder-listed': {
      const { entries, isCut } = message;
      return mapListing(state, (listing) => (listing.job === job ? { ...listing, entries, isCut } : listing));
    }
    case 'detailed':
      return mapListing(state, (listing) => {
        if (listing.detailing !== job) return listing;
        const kept = listing.details.size > detailsKept ? [] : listing.details;
        return { ...listing, detailing: undefined, details: new Map([...kept, ...message.details]) };
      });
    case 'followed':
      return afterFollowing(state, message);
    case 'counted':
      return mapRecovery(state, (recovery) =>
        recovery.count?.job === job
          ? { ...recovery, count: { ...recovery.count, size: message.size, isDone: message.isDone } }
          : recovery,
      );
    case 'places-listed':
      return stay(
        mapScreen(state, 'destinations', (screen) =>
          screen.job === job ? { ...screen, places: message.places } : screen,
        ),
      );
    case 'free-space': {
      const { freeBytes, error } = message;
      return stay(
        mapScreen(state, 'typed-folder', (screen) => (screen.job === job ? { ...screen, freeBytes, error } : screen)),
      );
    }
    case 'moved':
      return stay(mapCopying(state, job, { movement: message.movement }));
    case 'closing':
      return stay(mapCopying(state, job, { isClosing: true }));
    case 'copied':
      return afterCopy(state, message);
    case 'backups-listed':
      return stay(
        mapScreen(state, 'backups', (screen) => (screen.job === job ? { ...screen, list: message.list } : screen)),
      );
  }
};

const mapCopying = (state: State, job: number, change: Partial<CopyingScreen>): State =>
  mapScreen(state, 'copying', (screen) => (screen.job === job ? { ...screen, ...change } : screen));

/** To the folder that a link leads to, or to the one that holds the file. */
const afterFollowing = (state: State, message: Extract<RecoveryMessage, { kind: 'followed' }>): Step => {
  const screen = topOf(state);
  if (screen.name !== 'following' || screen.job !== message.job) return stay(state);
  const back = backFrom(state);
  const { path, leadsTo } = message;
  if (leadsTo === undefined) {
    const remark = { kind: 'nothing-found' } as const;
    return stay(mapScreen(back, 'folder', (folder) => (folder === topOf(back) ? { ...folder, remark } : folder)));
  }
  const folder = leadsTo === 'directory' ? path : parentOf(path);
  const sought = leadsTo === 'directory' ? undefined : nameOf(path);
  return stay(opened(back, { name: 'folder', path: folder, chosen: undefined, sought, typed: '', remark: undefined }));
};

/** The disks are looked at anew: the place has less room now. */
const afterCopy = (state: State, { job, outcome }: Extract<RecoveryMessage, { kind: 'copied' }>): Step => {
  const screen = state.screens.find((each) => each.name === 'copying' && each.job === job);
  if (screen?.name !== 'copying') return stay(state);
  const { cargo, destination, stopping } = screen;
  const copied: CopiedScreen = { name: 'copied', cargo, destination, outcome, reading: fromTheTop };
  const shown = mapScreen(state, 'copying', (each) => (each === screen ? copied : each));
  const [next, effects] = lookAgain(isWhole(copied) ? withoutMarks(shown) : shown);
  return [next, stopping === 'leaving' ? [{ kind: 'quit', exitCode: 130, words: [] }] : effects];
};

/** What is copied needs no mark any more. */
const withoutMarks = (state: State): State =>
  state.recovery ? { ...state, recovery: { ...state.recovery, marks: [], count: undefined } } : state;

/** Whether there is nothing left to be done again. */
export const isWhole = ({ outcome }: Pick<CopiedScreen, 'outcome'>): boolean =>
  outcome.kind === 'files' ? isComplete(outcome.receipt) : !outcome.isStopped && outcome.failed.length === 0;

/** What becomes of the state when such a job failed; undefined where it was another one. */
export const afterFailedRecovery = (state: State, job: number, error: unknown): Step | undefined => {
  const { recovery } = state;
  const listing = recovery?.listing;
  if (recovery?.opening === job) {
    const left = without({ ...state, recovery: { ...recovery, opening: undefined } }, isOnTheWay);
    return stay(refuse(left, error));
  }
  if (recovery && listing?.job === job) {
    const forgotten = { ...state, recovery: { ...recovery, listing: undefined } };
    const isThere = (screen: Screen) => screen.name === 'folder' && screen.path === listing.path;
    return stay(refuse(without(forgotten, isThere), error));
  }
  // A count or a size is no loss; the copy will say what cannot be read.
  if (listing?.detailing === job || recovery?.count?.job === job) return stay(state);
  const waiting = state.screens.find((screen) => isWaiting(screen) && screen.job === job);
  if (!waiting) return undefined;
  const refused = refuse(
    without(state, (screen) => screen === waiting),
    error,
  );
  if (waiting.name !== 'copying') return stay(refused);
  const [next, effects] = lookAgain(refused);
  return [next, waiting.stopping === 'leaving' ? [{ kind: 'quit', exitCode: 130, words: [] }] : effects];
};

const without = (state: State, isLeft: (screen: Screen) => boolean): State => {
  const screens = state.screens.filter((screen) => !isLeft(screen));
  return { ...state, screens: screens.length > 0 ? screens : [firstScreen] };
};

/** What makes no sense without an open volume. */
const isOnTheWay = (screen: Screen): boolean =>
  screen.name === 'folder' ||
  screen.name === 'landmarks' ||
  screen.name === 'following' ||
  ((screen.name === 'destinations' || screen.name === 'typed-folder' || screen.name === 'copy') &&
    screen.cargo.kind === 'files');

type Waiting = Extract<Screen, { name: 'copying' | 'following' | 'backups' | 'destinations' }>;

const isWaiting = (screen: Screen): screen is Waiting =>
  ['copying', 'following', 'backups', 'destinations'].includes(screen.name);
