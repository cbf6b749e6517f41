import type { PlanRequest } from '../../engine/request.ts';
import type { Target } from '../../engine/select.ts';
import type { AccountOperation } from '../../operations/index.ts';
import { type InputKind, type InputValues, inputOfKind, withDefaults } from '../../operations/inputs.ts';
import type { Effect } from '../messages.ts';
import type { AccountRef, Screen, State } from '../state.ts';

/** The screen that asks for an input of one kind, for an operation on an account. */
export interface InputForm {
  readonly screen: (state: State, operation: AccountOperation, target: AccountRef) => Screen;
  /** What is to be done when it is opened. */
  readonly effects?: readonly Effect[];
}

/** What was asked for, once its form is filled in. */
export const requestFor = <K extends InputKind>(
  operation: AccountOperation,
  target: Target,
  filled?: { readonly kind: K; readonly value: InputValues[K] },
): PlanRequest => {
  const name = filled && inputOfKind(operation.inputs, filled.kind);
  const given = name === undefined ? {} : { [name]: filled?.value };
  return { operation, target: { on: 'account', ...target }, values: withDefaults(operation.inputs, given) };
};
