import type { Volume } from '../../model/storage.ts';
import type { InstalledSystem } from '../../model/system.ts';
import { findSystem, findVolume } from '../find.ts';
import type { Screen, State } from '../state.ts';
import type { RecoveryState } from './state.ts';

/** The volume that files are got out of; undefined while it is not plugged in. */
export const sourceOf = (state: State): Volume | undefined =>
  state.recovery && findVolume(state, state.recovery.volume);

/** The system whose places are offered. */
export const systemOf = (state: State): InstalledSystem | undefined => {
  const { recovery } = state;
  return recovery?.systemId === undefined ? undefined : findSystem(state, recovery.volume, recovery.systemId);
};

/** Whether the volume has to stay open for this screen. */
const needsSource = (screen: Screen): boolean => {
  switch (screen.name) {
    case 'folder':
    case 'landmarks':
    case 'following':
      return true;
    case 'destinations':
    case 'typed-folder':
    case 'copy':
    case 'copying':
    case 'copied':
      return screen.cargo.kind === 'files';
    default:
      return false;
  }
};

/** The way that is being gone through the files of a volume; undefined when nobody is. */
export const activeRecovery = ({ recovery, screens }: State): RecoveryState | undefined =>
  screens.some(needsSource) ? recovery : undefined;
