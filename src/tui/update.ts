import { volumesOf } from './find.ts';
import { areaOf, isTooSmall, textOf } from './kit/layout.ts';
import { fromTheTop } from './kit/text-position.ts';
import { withFormer } from './look.ts';
import type { Key, Message } from './messages.ts';
import { settle } from './recovery/settle.ts';
import type { CopyingScreen } from './recovery/state.ts';
import { afterFailedRecovery, onRecovery } from './recovery/update.ts';
import { isBusy, reactToKey, reactToText } from './screens/index.ts';
import { planScreen } from './screens/plan.ts';
import { stopCopying } from './screens/recovery/copying.ts';
import { type DisksState, firstScreen, onlyDisks, type State } from './state.ts';
import {
  backFrom,
  isLooking,
  lookAgain,
  mapScreen,
  opened,
  refuse,
  type Step,
  stay,
  stopLooking,
  topOf,
} from './step.ts';
import { afterApply, afterFailedApply, afterFailedJob } from './update-jobs.ts';

/** What becomes of the state, and what is to be done; pure. */
export const update = (state: State, message: Message): Step => settle(state, react(state, message));

const react = (state: State, message: Message): Step => {
  switch (message.kind) {
    case 'key':
      return onKey(state, message.key);
    case 'typed':
      return isTooSmall(state) ? stay(state) : reactToText(state, topOf(state), message.text.reveal());
    case 'pasted':
      return isTooSmall(state) ? stay(state) : reactToText(state, topOf(state), message.text.reveal());
    case 'resized':
      return stay({ ...state, columns: message.columns, rows: message.rows });
    case 'disks-changed':
      return lookAgain(state);
    case 'scanned':
      return afterLook(state, withFormer(state, message));
    case 'look-stopped':
      return afterLook(state, { isStopped: true });
    case 'scan-failed':
      return afterLook(state, { error: message.error });
    case 'engine':
      return onEngine(state, message.event);
    case 'generated':
      return stay(
        mapScreen(state, 'password', (screen) => {
          const { password } = message;
          const filled = { first: password, second: password, chosen: 'next' };
          return { ...screen, ...filled, isShown: true, isGenerated: true, rejection: undefined };
        }),
      );
    case 'keys-found':
      return stay(mapScreen(state, 'key', (screen) => ({ ...screen, files: message.files })));
    case 'planned': {
      const screen = topOf(state);
      if (screen.name !== 'planning' || screen.job !== message.job) return stay(state);
      const job = state.lastJob + 1;
      const plan = planScreen(screen.request, message.prepared, job);
      return stay({ ...opened(backFrom(state), plan), lastJob: job }, { kind: 'arm', job });
    }
    case 'armed':
      return stay(armed(state, message.job));
    case 'job-failed':
      return afterFailedRecovery(state, message.job, message.error) ?? stay(afterFailedJob(state, message));
    case 'applied':
      return afterApply(state, message.applied);
    case 'apply-failed':
      return afterFailedApply(state, message.error);
    case 'layouts':
      return stay({ ...state, station: { ...state.station, layouts: message.layouts } });
    case 'layout-loaded':
      return stay({ ...state, station: { ...state.station, layout: message.layout } });
    case 'station-failed':
      return stay(refuse(topOf(state).name === 'leaving' ? backFrom(state) : state, message.error));
    case 'stop-asked':
      return onStopAsked(state);
    case 'hung-up':
      // Nobody is there any more; a write under way is finished all the same.
      if (isStoppedFirst(state)) return onStopAsked(state);
      return stay(state, { kind: 'quit', exitCode: hangUpCode, words: [] });
    case 'crashed':
      return stay(
        {
          ...state,
          disks: { ...state.disks, progress: undefined },
          setAside: undefined,
          screens: [firstScreen, { name: 'crash', reportPath: message.reportPath, reading: fromTheTop }],
        },
        ...state.screens.flatMap((screen) =>
          screen.name === 'copying' ? [{ kind: 'stop', job: screen.job } as const] : [],
        ),
      );
    default:
      return onRecovery(state, message);
  }
};

/** What was on the screen for a moment may be agreed to. */
const armed = (state: State, job: number): State => {
  const plans = mapScreen(state, 'plan', (screen) => (screen.job === job ? { ...screen, isArmed: true } : screen));
  return mapScreen(plans, 'copy', (screen) => (screen.job === job ? { ...screen, isArmed: true } : screen));
};

/** What is under way is brought to a good end before Sparekey ends. */
const isStoppedFirst = (state: State): boolean => {
  const screen = topOf(state);
  return screen.name === 'applying' || (screen.name === 'copying' && screen.stopping !== 'leaving');
};

/** The first time it is put in order; the second time somebody means it. What is there is whole in any case. */
const onInterruptedCopy = (state: State, screen: CopyingScreen): Step => {
  if (screen.stopping === 'leaving') return stay(state, { kind: 'quit', exitCode: 130, words: [] });
  if (!state.station.isRescueMedium) return stopCopying(state, screen, 'leaving');
  return screen.stopping === 'yes' ? stay(state) : stopCopying(state, screen, 'yes');
};

/** A write is finished, a copy put in order. */
const onStopAsked = (state: State): Step => {
  const screen = topOf(state);
  if (screen.name === 'copying') return stopCopying(state, screen, 'leaving');
  return stay(mapScreen(state, 'applying', (applying) => ({ ...applying, isStopAsked: true })));
};

/** 128 and SIGHUP, as a shell would say. */
const hangUpCode = 129;

const onKey = (state: State, key: Key): Step => {
  const screen = topOf(state);
  if (key === 'interrupt') return onInterrupt(state);
  // Nobody can see what a key would do.
  if (isTooSmall(state)) return stay(state);
  if ((key === 'f2' || key === 'f3') && !isBusy(screen)) {
    const name = key === 'f2' ? 'language' : 'keyboard';
    return stay(screen.name === name ? backFrom(state) : opened(state, { name, chosen: undefined }));
  }
  return reactToKey(state, screen, key, areaOf(state));
};

/** Ctrl-C: what is being written is finished first; on our own stick there is nowhere to go but down. */
const onInterrupt = (state: State): Step => {
  const screen = topOf(state);
  if (screen.name === 'copying') return onInterruptedCopy(state, screen);
  if (isStoppedFirst(state)) return onStopAsked(state);
  if (screen.name === 'disks' && isLooking(state)) return stopLooking(state);
  if (screen.name === 'leave' || screen.name === 'leaving') return stay(state);
  if (state.station.isRescueMedium) return stay(opened(state, { name: 'leave', chosen: undefined }));
  return stay(state, { kind: 'quit', exitCode: 130, words: [textOf(state).tui.leave.goodbye] });
};

const afterLook = (state: State, news: Partial<DisksState>): Step => {
  const { isOutdated } = state.disks;
  const looked: State = { ...state, disks: { ...state.disks, ...news, progress: undefined, isOutdated: false } };
  return isOutdated ? lookAgain(looked) : stay(looked);
};

const onEngine = (state: State, event: Extract<Message, { kind: 'engine' }>['event']): Step => {
  const { disks } = state;
  switch (event.kind) {
    case 'surveyed': {
      const total = event.disks.flatMap(({ volumes }) => volumes).length;
      const progress = { selector: undefined, done: 0, total };
      // What was known of disks stays until it is known anew; where none were known, their names are better than nothing.
      if (disks.scan.disks.length > 0) return stay({ ...state, disks: { ...disks, progress } });
      return stay({ ...state, disks: { ...disks, scan: onlyDisks(event.disks), lookable: undefined, progress } });
    }
    case 'looking': {
      if (!disks.progress) return stay(state);
      const done = disks.progress.done + 1;
      const total = Math.max(done, disks.progress.total, volumesOf(state).length);
      return stay({ ...state, disks: { ...disks, progress: { selector: event.selector, done, total } } });
    }
    default:
      return stay(mapScreen(state, 'applying', (screen) => ({ ...screen, events: [...screen.events, event] })));
  }
};
