import type { Context } from '../engine/context.ts';
import type { PreparedPlan } from '../engine/plan.ts';
import type { RecoverRequest } from '../engine/recovery/recover.ts';
import { openSource } from '../engine/recovery/source.ts';
import { chooseTarget, prepareRequest } from '../engine/request.ts';
import type { Scan } from '../engine/scan-result.ts';
import { generatePassword } from '../formats/generated-password.ts';
import type { Recovery } from '../model/recovery.ts';
import { Secret } from '../model/secret.ts';
import type { Source, Volume } from '../model/storage.ts';
import { isIn, type OperationIn, operations } from '../operations/index.ts';
import { resolveInputs } from './inputs/index.ts';
import type { InputTools } from './inputs/input.ts';
import type { JobStep, StepCalled } from './job.ts';

/** What planning a step takes. */
export interface Planning {
  readonly context: Context;
  /** Where to look; everywhere, if none is named. */
  readonly sources: readonly Source[];
  readonly openRecovery: () => Promise<Recovery>;
  /** A small file beside the job. @throws RescueError key-file */
  readonly readBeside: InputTools['readBeside'];
}

/** A step of a job, and the password that was made up for it if it asked for that: the same however often it is planned. */
export interface Assignment {
  readonly step: JobStep;
  readonly generated?: Secret;
}

/** What a step would do: change a volume, or copy something out of one. */
export type StepPlan =
  | { readonly kind: 'change'; readonly prepared: PreparedPlan }
  | { readonly kind: 'recover'; readonly request: Omit<RecoverRequest, 'to'>; readonly volume: Volume };

export const assign = (step: JobStep, randomBytes: Context['randomBytes']): Assignment =>
  'password' in step && step.password === 'generate'
    ? { step, generated: new Secret(generatePassword(randomBytes)) }
    : { step };

/** The operation of a step. */
export const operationOf = ({ task }: JobStep): OperationIn<'jobs'> => {
  const operation = operations.filter(isIn('jobs')).find(({ id }) => id === task);
  if (!operation) throw new Error(`no operation ${task}`);
  return operation;
};

/** The plan of one step on what was found. @throws RescueError what selecting and planning throw */
export const planStep = async (planning: Planning, found: Scan, { step, generated }: Assignment): Promise<StepPlan> => {
  const operation = operationOf(step);
  if (operation.kind === 'copy') return await copyPlanners[operation.id](planning, step as never);
  const values = await resolveInputs(operation, step, { readBeside: planning.readBeside, generated });
  const target = chooseTarget(found, operation, step);
  return { kind: 'change', prepared: await prepareRequest(planning.context, found, { operation, target, values }) };
};

type CopyId = Extract<OperationIn<'jobs'>, { readonly kind: 'copy' }>['id'];

const copyPlanners: {
  readonly [Id in CopyId]: (planning: Planning, step: StepCalled<Id>) => Promise<StepPlan>;
} = {
  /** Opens what is to be copied, to see that it is there. */
  recover: async ({ context, sources, openRecovery }, { on, paths, owners, prove }) => {
    const request = { sources, on, paths, keepsOwners: owners, proves: prove };
    await using source = await openSource(context, await openRecovery(), request);
    return { kind: 'recover', request: { ...request, on: source.volume.selector }, volume: source.volume };
  },
};
