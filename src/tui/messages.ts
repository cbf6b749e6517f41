import type { Applied } from '../engine/apply.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { PreparedPlan } from '../engine/plan.ts';
import type { PlanRequest } from '../engine/request.ts';
import type { Scan } from '../engine/scan-result.ts';
import type { Secret } from '../model/secret.ts';
import type { KeyFile } from '../model/station.ts';
import type { DeviceId } from '../model/storage.ts';
import type { RecoveryEffect, RecoveryMessage } from './recovery/messages.ts';

export type Key =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  | 'tab'
  | 'backspace'
  | 'clear'
  | 'f2'
  | 'f3'
  | 'f4'
  | 'f5'
  | 'interrupt';

/** Everything that can happen to the text UI. What a person types is a Secret until somebody decides otherwise. */
export type Message =
  | RecoveryMessage
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'typed'; readonly text: Secret }
  | { readonly kind: 'pasted'; readonly text: Secret }
  | { readonly kind: 'resized'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'disks-changed' }
  | { readonly kind: 'engine'; readonly event: EngineEvent }
  | {
      readonly kind: 'scanned';
      readonly scan: Scan;
      readonly lookable: readonly DeviceId[];
      /** Volumes that were not looked at: because they are open here, or because somebody ended it. */
      readonly unseen: readonly DeviceId[];
      readonly isStopped: boolean;
    }
  /** It was ended before even the disks were known. */
  | { readonly kind: 'look-stopped' }
  | { readonly kind: 'scan-failed'; readonly error: unknown }
  | { readonly kind: 'generated'; readonly password: Secret }
  | { readonly kind: 'keys-found'; readonly files: readonly KeyFile[] }
  | { readonly kind: 'planned'; readonly job: number; readonly prepared: PreparedPlan }
  | { readonly kind: 'armed'; readonly job: number }
  | { readonly kind: 'applied'; readonly applied: Applied }
  | { readonly kind: 'job-failed'; readonly job: number; readonly error: unknown }
  | { readonly kind: 'apply-failed'; readonly error: unknown }
  | { readonly kind: 'layouts'; readonly layouts: readonly string[] }
  | { readonly kind: 'layout-loaded'; readonly layout: string }
  | { readonly kind: 'station-failed'; readonly error: unknown }
  | { readonly kind: 'stop-asked' }
  | { readonly kind: 'hung-up' }
  | { readonly kind: 'crashed'; readonly reportPath: string | undefined };

/** Everything that update wants done. Jobs are numbered, so that an answer that nobody waits for any more is not taken. */
export type Effect =
  | RecoveryEffect
  | { readonly kind: 'scan' }
  /** Ends the look that is under way; its answer comes all the same, with what was found. */
  | { readonly kind: 'stop-look' }
  | { readonly kind: 'generate' }
  /** Opens encrypted volumes, and looks at what is in them. */
  | { readonly kind: 'unlock'; readonly passphrase: Secret }
  | { readonly kind: 'find-keys' }
  | { readonly kind: 'plan'; readonly job: number; readonly scan: Scan; readonly request: PlanRequest }
  | { readonly kind: 'arm'; readonly job: number }
  | { readonly kind: 'apply'; readonly prepared: PreparedPlan }
  | { readonly kind: 'load-layout'; readonly layout: string }
  | { readonly kind: 'restart' }
  | { readonly kind: 'power-off' }
  | { readonly kind: 'quit'; readonly exitCode: number; readonly words: readonly string[] };
