import { findSystem, isSameRef } from '../find.ts';
import type { State } from '../state.ts';
import { opened, type Step, stay } from '../step.ts';
import type { VolumeRef } from '../volume-ref.ts';

/** Into the files of a volume: to a system's well-known places, or, without a system, to its top folder. */
export const startRecovery = (state: State, volume: VolumeRef, systemId: string | undefined): Step => {
  const former = state.recovery;
  // What was marked on the same volume is marked still.
  const marks = former && isSameRef(former.volume, volume) ? former.marks : [];
  const recovery = {
    volume,
    systemId,
    opening: undefined,
    sourceReading: undefined,
    landmarks: [],
    listing: undefined,
    marks,
    count: undefined,
  };
  const started = { ...state, recovery };
  return systemId === undefined
    ? stay(
        opened(started, {
          name: 'folder',
          path: '/',
          chosen: undefined,
          sought: undefined,
          typed: '',
          remark: undefined,
        }),
      )
    : stay(opened(started, { name: 'landmarks', chosen: undefined, remark: undefined }));
};

/** To the backups of a Home Assistant. */
export const startBackups = (state: State, volume: VolumeRef, systemId: string): Step => {
  const system = findSystem(state, volume, systemId);
  if (!system) return stay(state);
  const job = state.lastJob + 1;
  const screen = {
    name: 'backups',
    volume,
    systemId,
    job,
    list: undefined,
    leftOut: [],
    isKeyShown: false,
    chosen: undefined,
    remark: undefined,
  } as const;
  return stay({ ...opened(state, screen), lastJob: job }, { kind: 'list-backups', job, system });
};
