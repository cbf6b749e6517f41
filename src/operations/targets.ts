import { type ChangeOperation, isChange, type Operation } from './index.ts';
import type { Inputs, ValuesOf } from './inputs.ts';

/** What names that which an operation is done to, whichever the face; `on`, which names a volume or system, goes with all. */
export const targetInputs = {
  account: { user: { kind: 'text', isRequired: true } },
  journal: { id: { kind: 'text', isPositional: true } },
} as const satisfies { readonly [On in ChangeOperation['on']]: Inputs };

/** What names the target of an operation. */
export type TargetValuesOf<O extends Operation> = O extends { readonly on: infer On extends keyof typeof targetInputs }
  ? ValuesOf<(typeof targetInputs)[On]>
  : unknown;

/** The inputs that name the target of an operation; none for those that only get something out of a disk. */
export const targetInputsOf = (operation: Operation): Inputs => (isChange(operation) ? targetInputs[operation.on] : {});
