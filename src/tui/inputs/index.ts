import type { AccountOperation } from '../../operations/index.ts';
import type { Input, InputKind } from '../../operations/inputs.ts';
import { findTarget } from '../find.ts';
import type { AccountRef, State } from '../state.ts';
import { askForPlan, opened, type Step, stay } from '../step.ts';
import { type InputForm, requestFor } from './form.ts';
import { passwordForm } from './password.ts';
import { publicKeyForm } from './public-key.ts';

/**
 * The screen for each kind of input. Flags have none: the one that matters is asked about where a refusal can be insisted
 * against. The other kinds are asked for by screens of recovery, where a menu leads to those.
 */
const forms: { readonly [K in InputKind]: InputForm | undefined } = {
  password: passwordForm,
  'public-key': publicKeyForm,
  flag: undefined,
  text: undefined,
  choice: undefined,
  names: undefined,
  paths: undefined,
  destination: undefined,
  file: undefined,
};

const requiredOf = ({ inputs }: AccountOperation): readonly Input[] =>
  Object.values(inputs).filter((input: Input) => input.isRequired);

/** Whether there is a screen for everything that it needs. */
export const canAsk = (operation: AccountOperation): boolean =>
  requiredOf(operation).every(({ kind }) => forms[kind] !== undefined);

/** Asks for what an operation needs; where it needs nothing, goes on to the plan. */
export const ask = (state: State, operation: AccountOperation, ref: AccountRef): Step => {
  const [input] = requiredOf(operation);
  const form = input && forms[input.kind];
  if (form) return stay(opened(state, form.screen(state, operation, ref)), ...(form.effects ?? []));
  const target = findTarget(state, ref);
  return target ? askForPlan(state, requestFor(operation, target)) : stay(state);
};
