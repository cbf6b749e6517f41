import type { TuiRecoveryWords } from './tui-recovery-words.ts';
import type { TuiRefusalWords } from './tui-refusal-words.ts';

/** Every word of the text UI that no other face uses. */
export interface TuiWords {
  /** In the language itself, so that everybody finds their own. */
  readonly languageName: string;
  readonly keys: {
    readonly choose: string;
    readonly open: string;
    readonly scroll: string;
    readonly across: string;
    readonly back: string;
    readonly next: string;
    readonly language: string;
    readonly keyboard: string;
    readonly leave: string;
    readonly stopLook: string;
  };
  readonly tooSmall: (columns: number, rows: number) => string;
  readonly back: string;
  readonly toFirstScreen: string;
  readonly notes: string;
  readonly disks: DisksWords;
  readonly volume: VolumeWords;
  readonly accounts: AccountsWords;
  readonly password: PasswordWords;
  readonly key: KeyWords;
  readonly unlock: UnlockWords;
  readonly plan: PlanWords;
  readonly result: ResultWords;
  readonly undo: UndoWords;
  readonly settings: SettingsWords;
  readonly leave: LeaveWords;
  readonly trouble: TroubleWords;
  readonly recovery: TuiRecoveryWords;
  readonly refusals: TuiRefusalWords;
}

/** What asks for the passphrase of an encrypted volume. */
export interface UnlockWords {
  readonly menu: string;
  readonly title: (selector: string) => string;
  readonly intro: string;
  readonly field: string;
  readonly next: string;
  readonly empty: string;
}

export interface DisksWords {
  readonly title: string;
  readonly intro: string;
  readonly surveying: string;
  readonly looking: (selector: string, done: number, total: number) => string;
  readonly thisStick: string;
  readonly empty: string;
  readonly none: string;
  readonly again: string;
  readonly stopped: string;
  readonly data: string;
  readonly system: string;
  readonly noSystem: string;
  readonly contents: Readonly<
    Record<
      | 'boot'
      | 'swap'
      | 'lvm'
      | 'raid'
      | 'encrypted'
      | 'windows'
      | 'slot'
      | 'state'
      | 'blank'
      | 'unknown'
      | 'unopened'
      | 'locked'
      | 'unseen'
      | 'inUse',
      string
    >
  >;
}

export interface VolumeWords {
  readonly title: (selector: string) => string;
  readonly facts: Readonly<
    Record<'device' | 'size' | 'used' | 'filesystem' | 'label' | 'partLabel' | 'state' | 'content' | 'mounted', string>
  >;
  readonly clean: string;
  readonly counted: (accounts: number) => string;
  readonly nothingOffered: string;
  readonly gone: string;
}

export interface AccountsWords {
  readonly title: string;
  readonly none: string;
  /** The volume is there, the system not: it was changed, or could not be read any more. */
  readonly gone: string;
}

export interface PasswordWords {
  readonly title: (user: string) => string;
  readonly first: string;
  readonly second: string;
  readonly show: string;
  readonly hide: string;
  readonly generate: string;
  readonly next: string;
  readonly layout: (name: string) => string;
  readonly layoutForeign: string;
  readonly layoutUnknown: string;
  readonly generated: string;
  readonly rejected: Readonly<
    Record<'empty' | 'short-of-second' | 'different' | 'too-long' | 'line-break' | 'control', string>
  >;
}

export interface KeyWords {
  readonly title: (user: string) => string;
  readonly intro: string;
  readonly looking: string;
  readonly none: Readonly<Record<'stick' | 'folder', string>>;
  readonly unusable: string;
  readonly field: string;
  readonly next: string;
}

export interface PlanWords {
  readonly making: string;
  readonly makingHint: string;
  readonly written: string;
  readonly kept: string;
  readonly irreversible: (name: string) => string;
  readonly typeName: string;
  readonly wrongName: (name: string) => string;
  readonly applying: (title: string) => string;
  readonly doNotUnplug: string;
  readonly steps: Readonly<Record<'opening' | 'journal-kept' | 'rolling-back' | 'closed' | 'verified', string>>;
  readonly cannotStop: string;
}

export interface ResultWords {
  readonly title: string;
  readonly nextSteps: string;
  readonly removeStick: string;
  readonly unplugDisk: string;
  readonly mayStillBlock: string;
}

export interface UndoWords {
  readonly title: string;
  /** Of a change that was undone: undoing that brings it back. */
  readonly undoing: (purpose: string) => string;
  readonly intro: string;
}

export interface SettingsWords {
  readonly language: string;
  readonly keyboard: string;
  readonly keyboardIntro: string;
  readonly keyboardForeign: Readonly<Record<'serial' | 'terminal', string>>;
  readonly keyboardNone: string;
  /** The layout in a word, where it is not ours, or not known. */
  readonly layoutForeign: string;
  readonly layoutUnknown: string;
  readonly bar: (layout: string) => string;
}

export interface LeaveWords {
  readonly title: string;
  readonly quit: string;
  readonly restart: string;
  readonly powerOff: string;
  readonly restarting: string;
  readonly poweringOff: string;
  readonly goodbye: string;
}

export interface TroubleWords {
  readonly refused: string;
  readonly crashTitle: string;
  readonly crash: string;
  readonly report: (path: string) => string;
  readonly noReport: string;
}
