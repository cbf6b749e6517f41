import type { EngineEvent } from '../engine/events.ts';
import type { PreparedPlan } from '../engine/plan.ts';
import type { PlanRequest } from '../engine/request.ts';
import type { Scan } from '../engine/scan-result.ts';
import type { Account } from '../model/account.ts';
import type { DoorState } from '../model/finding.ts';
import type { Risk } from '../model/plan.ts';
import type { PublicKeyFlaw } from '../model/public-key.ts';
import { Secret } from '../model/secret.ts';
import type { ConsoleKind, KeyFile } from '../model/station.ts';
import type { DeviceId, Disk } from '../model/storage.ts';
import type { AccountOperation } from '../operations/index.ts';
import type { Language } from '../text/text.ts';
import type { TextPosition } from './kit/text-position.ts';
import type { Rejection } from './password-rules.ts';
import type { RecoveryScreen, RecoveryState, Typed } from './recovery/state.ts';
import type { VolumeRef } from './volume-ref.ts';

/** Everything that the text UI knows; what is seen is a function of it. */
export interface State {
  readonly language: Language;
  readonly columns: number;
  readonly rows: number;
  readonly station: StationState;
  readonly disks: DisksState;
  /** The way that led here; the last one is shown, Escape goes one back. */
  readonly screens: readonly Screen[];
  /** A half-typed password that Escape left behind; choosing the same account brings it back. */
  readonly setAside: PasswordScreen | undefined;
  /** Getting files out of a volume, with what is marked on it. */
  readonly recovery: RecoveryState | undefined;
  readonly typed: Typed;
  /** The number of the last job that was given out. */
  readonly lastJob: number;
}

export interface StationState {
  readonly isRescueMedium: boolean;
  readonly console: ConsoleKind;
  readonly layouts: readonly string[];
  readonly layout: string | undefined;
}

export interface DisksState {
  /** What the last look found; while the first one is under way, only the disks. */
  readonly scan: Scan;
  /** Volumes whose file system can be opened; undefined until the first look is over. */
  readonly lookable: readonly DeviceId[] | undefined;
  readonly progress: Progress | undefined;
  readonly error: unknown;
  /** Volumes that nobody has looked at, because the look was ended early. */
  readonly unseen: readonly DeviceId[];
  readonly isStopped: boolean;
  /** Something was plugged in or pulled while nobody could look: look as soon as possible. */
  readonly isOutdated: boolean;
}

/** How far a look at all disks has come. */
export interface Progress {
  readonly selector: string | undefined;
  readonly done: number;
  readonly total: number;
}

export interface AccountRef {
  readonly volume: VolumeRef;
  readonly systemId: string;
  readonly account: Account;
}

export type Screen =
  | { readonly name: 'disks'; readonly chosen: string | undefined }
  | { readonly name: 'volume'; readonly volume: VolumeRef; readonly chosen: string | undefined }
  | RecoveryScreen
  | {
      readonly name: 'accounts';
      readonly operation: AccountOperation;
      readonly volume: VolumeRef;
      readonly systemId: string;
      readonly chosen: string | undefined;
    }
  | PasswordScreen
  | KeyScreen
  | PassphraseScreen
  | { readonly name: 'journals'; readonly volume: VolumeRef; readonly chosen: string | undefined }
  | { readonly name: 'planning'; readonly job: number; readonly request: PlanRequest }
  | {
      readonly name: 'question';
      readonly request: PlanRequest;
      readonly error: unknown;
      readonly reading: TextPosition;
    }
  | PlanScreen
  | ApplyingScreen
  | ResultScreen
  | { readonly name: 'refusal'; readonly error: unknown; readonly reading: TextPosition }
  | { readonly name: 'crash'; readonly reportPath: string | undefined; readonly reading: TextPosition }
  | { readonly name: 'language'; readonly chosen: string | undefined }
  | { readonly name: 'keyboard'; readonly chosen: string | undefined }
  | { readonly name: 'leave'; readonly chosen: string | undefined }
  | { readonly name: 'leaving'; readonly way: 'restart' | 'power-off' };

export type ScreenName = Screen['name'];
export type ScreenNamed<N extends ScreenName> = Extract<Screen, { name: N }>;

export interface PasswordScreen {
  readonly name: 'password';
  readonly operation: AccountOperation;
  readonly target: AccountRef;
  readonly first: Secret;
  readonly second: Secret;
  readonly chosen: string | undefined;
  readonly isShown: boolean;
  readonly isGenerated: boolean;
  readonly rejection: Rejection | undefined;
}

/** What opens an encrypted volume. */
export interface PassphraseScreen {
  readonly name: 'passphrase';
  readonly volume: VolumeRef;
  readonly typed: Secret;
  readonly isShown: boolean;
  /** Nothing was typed, and it was to be tried. */
  readonly isEmpty: boolean;
  readonly chosen: string | undefined;
}

/** Which public key is to be let in: one of the files that were found, or what is typed or pasted. */
export interface KeyScreen {
  readonly name: 'key';
  readonly operation: AccountOperation;
  readonly target: AccountRef;
  /** undefined until they were looked for. */
  readonly files: readonly KeyFile[] | undefined;
  readonly chosen: string | undefined;
  readonly rejection: PublicKeyFlaw | undefined;
}

export interface PlanScreen {
  readonly name: 'plan';
  readonly request: PlanRequest;
  readonly prepared: PreparedPlan;
  readonly risk: Risk;
  /** Enter that was meant for the screen before must not apply anything: the plan takes it only when it was there for a moment. */
  readonly isArmed: boolean;
  readonly job: number;
  /** For what cannot be undone: the name of the target, typed. */
  readonly typedName: string;
  readonly isNameRejected: boolean;
  readonly reading: TextPosition;
}

export interface ApplyingScreen {
  readonly name: 'applying';
  readonly request: PlanRequest;
  readonly prepared: PreparedPlan;
  readonly events: readonly EngineEvent[];
  readonly isStopAsked: boolean;
}

export interface ResultScreen {
  readonly name: 'result';
  readonly prepared: PreparedPlan;
  readonly realm: Account['realm'] | undefined;
  readonly generated: Secret | undefined;
  /** How each door stands now. */
  readonly doors: readonly DoorState[] | undefined;
  readonly reading: TextPosition;
}

export const firstScreen: Screen = { name: 'disks', chosen: undefined };

const nothingFound: Scan = { disks: [], systems: [], journals: [], notices: [] };

/** Before anything was seen. */
export const initialState = (
  language: Language,
  size: { readonly columns: number; readonly rows: number },
  station: StationState,
): State => ({
  language,
  columns: size.columns,
  rows: size.rows,
  station,
  disks: {
    scan: nothingFound,
    lookable: undefined,
    progress: { selector: undefined, done: 0, total: 0 },
    error: undefined,
    unseen: [],
    isStopped: false,
    isOutdated: false,
  },
  screens: [firstScreen],
  setAside: undefined,
  recovery: undefined,
  typed: { folder: '', key: new Secret(''), publicKey: '' },
  lastJob: 0,
});

/** The disks alone, while what is on them is still being looked at. */
export const onlyDisks = (disks: readonly Disk[]): Scan => ({ ...nothingFound, disks });
