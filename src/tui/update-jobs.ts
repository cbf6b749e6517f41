import type { Applied } from '../engine/apply.ts';
import { Secret } from '../model/secret.ts';
import { insistenceOn } from '../text/sentence.ts';
import { textOf } from './kit/layout.ts';
import { fromTheTop } from './kit/text-position.ts';
import { firstScreen, type Screen, type State } from './state.ts';
import { backFrom, lookAgain, opened, refuse, type Step, topOf } from './step.ts';

/** A plan that came to nothing. What can be insisted on becomes a question. */
export const afterFailedJob = (
  state: State,
  { job, error }: { readonly job: number; readonly error: unknown },
): State => {
  const screen = topOf(state);
  if (screen.name !== 'planning' || screen.job !== job) return state;
  const { request } = screen;
  const back = backFrom(state);
  if (insistenceOn(textOf(state), request.operation, error))
    return opened(back, { name: 'question', request, error, reading: fromTheTop });
  return refuse(back, error);
};

/** The disks are looked at anew, since they have changed; nothing that was typed is needed any more. */
export const afterApply = (state: State, { doors }: Applied): Step => {
  const screen = topOf(state);
  if (screen.name !== 'applying') return lookAgain(state);
  const { request, prepared } = screen;
  const { target, values } = request;
  const isGenerated = state.screens.some((each) => each.name === 'password' && each.isGenerated);
  const result: Screen = {
    name: 'result',
    prepared,
    realm: target.on === 'account' ? target.account.realm : undefined,
    generated: isGenerated ? Object.values(values).find((value) => value instanceof Secret) : undefined,
    doors,
    reading: fromTheTop,
  };
  const [next, effects] = lookAgain({ ...state, setAside: undefined, screens: [firstScreen, result] });
  const { run, operations } = textOf(state);
  const words = [run.done, operations[prepared.plan.purpose.task].verified];
  return [next, screen.isStopAsked ? [{ kind: 'quit', exitCode: 130, words }] : effects];
};

/** Everything was put back before the error got here, so that the way back leads to where the plan was asked for. */
export const afterFailedApply = (state: State, error: unknown): Step => {
  const screen = topOf(state);
  const isStopAsked = screen.name === 'applying' && screen.isStopAsked;
  const [next, effects] = lookAgain(refuse(screen.name === 'applying' ? backFrom(state) : state, error));
  return [next, isStopAsked ? [{ kind: 'quit', exitCode: 130, words: [] }] : effects];
};
