import type { PublicKey } from '../model/public-key.ts';
import type { NewPassword, VolumeKey } from '../model/secret.ts';
import type { OperationIn } from '../operations/index.ts';
import type { Input, InputValues } from '../operations/inputs.ts';
import type { TargetValuesOf } from '../operations/targets.ts';

/** What a job file asks for: a run without anybody at a keyboard. */
export interface Job {
  readonly name?: string;
  readonly language?: 'en' | 'fr';
  /** How long to wait for a disk that matches. */
  readonly waitSeconds?: number;
  /** The board has one card slot: the rescue card is taken out for the one that is locked out, and put back afterwards. */
  readonly isSwap: boolean;
  readonly steps: readonly JobStep[];
  /** What encrypted volumes are opened with. */
  readonly open: readonly JobKey[];
  /** How the machine is left, if it runs from the rescue medium. */
  readonly ending: 'poweroff' | 'reboot' | 'stay';
}

/** What a step says of an input; some of it is made or read only when the step is planned. */
export interface JobValues extends Omit<InputValues, 'password' | 'public-key'> {
  /** `generate`: one is made up for the run. */
  readonly password: NewPassword | 'generate';
  readonly 'public-key': PublicKey | FileBeside;
}

/** A file in the folder of the job file, by its name. */
export interface FileBeside {
  readonly fileName: string;
}

/** A passphrase or a key file. */
export interface JobKey {
  readonly key: VolumeKey | FileBeside;
  /** The encrypted volume that it is for: a selector; without one, it is tried on each. */
  readonly on?: string;
}

type JobValueOf<I extends Input> = I extends { readonly kind: 'flag' }
  ? boolean
  : I extends { readonly isRequired: true }
    ? JobValues[I['kind']]
    : JobValues[I['kind']] | undefined;

/** Where a step stands in the file, and where it is to be done. */
export interface StepPlace {
  /** From 1. */
  readonly line: number;
  /** A selector; without one, only one system may fit. */
  readonly on?: string;
}

type StepOf<O> =
  O extends OperationIn<'jobs'>
    ? StepPlace & { readonly task: O['id'] } & TargetValuesOf<O> & {
          readonly [Name in keyof O['inputs']]: O['inputs'][Name] extends infer I extends Input ? JobValueOf<I> : never;
        }
    : never;

/** One thing to do: an operation, what it is to be done to, and its inputs under their own names. */
export type JobStep = StepOf<OperationIn<'jobs'>>;

export type StepCalled<Id extends JobStep['task']> = Extract<JobStep, { readonly task: Id }>;
