import type { Argv } from 'yargs';
import { assertWritable } from '../engine/guard.ts';
import type { PreparedPlan } from '../engine/plan.ts';
import {
  chooseTarget,
  nameOfTarget,
  type PlanRequest,
  prepareRequest,
  type RequestTarget,
  rehearseRequest,
  volumeOfTarget,
} from '../engine/request.ts';
import type { Scan } from '../engine/scan-result.ts';
import { type ExitCode, RescueError } from '../model/errors.ts';
import { type ChangeOperation, isChange, type Operation } from '../operations/index.ts';
import type { Values } from '../operations/inputs.ts';
import { targetInputsOf } from '../operations/targets.ts';
import { insistenceOn } from '../text/sentence.ts';
import type { Text } from '../text/text.ts';
import { carryOut, isAgreed } from './carry-out.ts';
import { type Command, withCommonOptions } from './command.ts';
import { runCopy } from './copy/index.ts';
import { declareInputs, repeatableInputs, takeInputs } from './inputs/index.ts';
import { type Given, textIn } from './inputs/input.ts';
import { withKeys } from './keys.ts';
import { doorSection } from './run-text.ts';
import type { CommonOptions, Session } from './session.ts';
import { scanAsked } from './sources.ts';
import { askForTicks } from './ticks.ts';

/** The command of an operation: its place in --help, its options and what it does all come from the record. */
export const commandOf = (operation: Operation): Command => ({
  register: (parser, text, onInvocation) =>
    parser.command(
      syntaxOf(operation),
      text.operations[operation.id].help,
      (own) => declare(own, operation, text),
      (given) => {
        const options = given as unknown as CommonOptions;
        const run = async (session: Session) =>
          await runOperation(await withKeys(session, options), operation, given, options);
        onInvocation({ isJson: options.json === true, run });
      },
    ),
});

/** As yargs and people write it: `undo [id]`, `recover <paths..>`. */
export const syntaxOf = (operation: Operation): string => {
  const repeatable = repeatableInputs(operation);
  const inputs = Object.entries({ ...targetInputsOf(operation), ...operation.inputs });
  const places = inputs.flatMap(([name, { isPositional, isRequired }]) => {
    if (!isPositional) return [];
    const dotted = repeatable.includes(name) ? `${name}..` : name;
    return [isRequired ? `<${dotted}>` : `[${dotted}]`];
  });
  return [operation.id, ...places].join(' ');
};

const declare = (parser: Argv, operation: Operation, text: Text): Argv =>
  declareInputs(
    withCommonOptions(parser, text, repeatableInputs(operation), Object.keys(operation.inputs)),
    operation,
    text,
  );

const runOperation = async (
  session: Session,
  operation: Operation,
  given: Given,
  options: CommonOptions,
): Promise<ExitCode | undefined> => {
  const obtain = await takeInputs(session, operation, given);
  if (!isChange(operation)) {
    const { values } = await obtain('');
    return await runCopy(session, operation, values, options);
  }
  await change(session, operation, { given, options, obtain });
  return undefined;
};

interface Asking {
  readonly given: Given;
  readonly options: CommonOptions;
  readonly obtain: Awaited<ReturnType<typeof takeInputs>>;
}

/** Looks, finds what is meant, asks for what is left to ask, and plans; then the one way in which anything is changed. */
const change = async (session: Session, operation: ChangeOperation, { given, options, obtain }: Asking) => {
  const found = await scanAsked(session.context, options);
  const names = { on: options.on, user: textIn(given, 'user'), id: textIn(given, 'id') };
  const target = chooseTarget(found, operation, names);
  assertWritable(found, volumeOfTarget(target));
  await tellDoors(session, found, operation, target);
  const { values, generated } = await obtain(nameOfTarget(target));
  const { prepared, request } = await prepareInsisting(session, found, { operation, target, values });
  const wanted = await askForTicks(session, prepared, values, options);
  const final = wanted ? await prepareRequest(session.context, found, withValues(request, wanted)) : prepared;
  // Of all that was asked nothing is wanted.
  if (wanted && final.plan.changes.length === 0) throw new RescueError('consent-missing', {});
  await carryOut(session, final, options, generated);
};

/** Whoever is about to type a password is told before in what it will not help. */
const tellDoors = async (
  { context, terminal, text }: Session,
  found: Scan,
  operation: ChangeOperation,
  target: RequestTarget,
): Promise<void> => {
  const isAskedFor = Object.values(operation.inputs).some(({ kind }) => kind === 'password');
  if (!isAskedFor || !terminal.isInteractive) return;
  const doors = await rehearseRequest(context, found, { operation, target });
  if (doors?.some(({ state }) => state === 'shut' || state === 'unknown'))
    terminal.tell(doorSection(doors, text.findings.doorsHeading(nameOfTarget(target)), text).join('\n'));
};

/** What needs one more yes, such as lifting a lock, is never done silently: it takes the flag, or a yes to the question. */
const prepareInsisting = async (
  { context, terminal, text }: Session,
  found: Scan,
  request: PlanRequest,
): Promise<{ readonly prepared: PreparedPlan; readonly request: PlanRequest }> => {
  try {
    return { prepared: await prepareRequest(context, found, request), request };
  } catch (error) {
    const insistence = insistenceOn(text, request.operation, error);
    if (!insistence || !terminal.isInteractive) throw error;
    const { question, yes, input } = insistence;
    if (!(await isAgreed(terminal, text, text.run.askWhether(question, yes)))) throw error;
    const insisting = withValues(request, { [input]: true });
    return { prepared: await prepareRequest(context, found, insisting), request: insisting };
  }
};

const withValues = (request: PlanRequest, values: Values): PlanRequest => ({
  ...request,
  values: { ...request.values, ...values },
});
