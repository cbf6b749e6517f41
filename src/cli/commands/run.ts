import { jsonDocument } from '../../formats/json-text.ts';
import type { JobResult, Surroundings } from '../../jobs/run-job.ts';
import { type ExitCode, isRescueError, RescueError } from '../../model/errors.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { describeFailure } from '../failure.ts';
import { planDocument } from '../run-json.ts';
import { formatPlan } from '../run-text.ts';
import type { CommonOptions, JobDesk, Session } from '../session.ts';

/** A job file, carried out here. The file is the consent. Its parser is loaded only now: it takes its time. */
export const runCommand = defineCommand({
  syntax: 'run <job>',
  name: 'run',
  options: (parser, words) => parser.positional('job', { type: 'string', demandOption: true, describe: words.job }),
  run: async (session, options): Promise<ExitCode | undefined> => {
    if (options.on !== undefined) throw new RescueError('usage', { message: session.text.jobs.noOnHere });
    const desk = await session.openJob(options.job);
    const surroundings = await surroundingsOf(session, desk, options);
    if (!options.dryRun) return await carryOutJob(session, surroundings, desk, options);
    await preview(session, surroundings, desk, options);
    return undefined;
  },
});

const surroundingsOf = async (
  { context, terminal, text, openRecovery }: Session,
  { station, medium }: JobDesk,
  { disk = [] }: CommonOptions,
): Promise<Surroundings> => ({
  context,
  text,
  sources: await Promise.all(disk.map((path) => context.storage.identify(path))),
  say: terminal.tell,
  signal: () => {},
  watchDisks: station.watchDisks,
  openRecovery,
  openRecovered: medium.openRecovered,
  readBeside: medium.readBeside,
});

/** What the job would do. */
const preview = async (session: Session, surroundings: Surroundings, { medium }: JobDesk, { json }: CommonOptions) => {
  const { interpretJob } = await import('../../jobs/interpret.ts');
  const { planTitle } = await import('../../jobs/problem.ts');
  const { planJob } = await import('../../jobs/run-job.ts');
  const { job, text, error } = interpretJob(await medium.readJob(), session.text);
  if (!job) throw error;
  const { steps } = await planJob(surroundings, job, job.waitSeconds ?? 0);
  const refused = steps.find(({ status }) => status === 'refused');
  if (refused) throw refused.error;
  const plans = steps.flatMap(({ step, plan }) => (plan ? [{ step, plan }] : []));
  if (json) {
    const documents = plans.map(({ step, plan }) =>
      plan.kind === 'change'
        ? planDocument(plan.prepared, text)
        : { task: step.task, title: planTitle(step, plan, text) },
    );
    return session.terminal.print(jsonDocument({ version: 1, status: 'planned', plans: documents }));
  }
  const previews = plans.map(({ step, plan }) =>
    plan.kind === 'change' ? formatPlan(plan.prepared, text) : planTitle(step, plan, text),
  );
  session.terminal.print(previews.join('\n\n'));
  session.terminal.tell(text.run.nothingWritten);
};

const carryOutJob = async (
  { terminal, version }: Session,
  surroundings: Surroundings,
  { medium, station }: JobDesk,
  { json }: CommonOptions,
): Promise<ExitCode | undefined> => {
  const { runAndReport } = await import('../../jobs/run-and-report.ts');
  const { formatJsonReport } = await import('../../jobs/report-json.ts');
  const { reportNames } = await import('../../jobs/report.ts');
  const { formatTextReport } = await import('../../jobs/report-text.ts');
  const { facts, text, error } = await runAndReport(surroundings, medium, version);
  const { jobs } = text;
  const isReported = error === undefined;
  terminal.tell(isReported ? jobs.reportAt(`${medium.place}/${reportNames.text}`) : jobs.reportNowhere);
  const failure = failureOf(facts.result) ?? error;
  // With --json a failure is a document of its own, and there is to be one only: unless this is the only place where
  // the report can be read, and with it the passwords that were made up.
  if (!json) terminal.print(formatTextReport(facts, text));
  else if (failure === undefined || !isReported) terminal.print(jsonDocument(formatJsonReport(facts, text)));
  if (json && !isReported && isRescueError(failure)) {
    terminal.tell(describeFailure(failure, text).message);
    return exitCodes[failure.code];
  }
  if (failure !== undefined) throw failure;
  const ending = facts.job?.ending ?? 'stay';
  terminal.tell(station.isRescueMedium ? jobs.leaving[ending] : jobs.notOurMachine);
  if (station.isRescueMedium && ending === 'poweroff') await station.powerOff();
  if (station.isRescueMedium && ending === 'reboot') await station.restart();
  return undefined;
};

/** What stopped the run first. */
const failureOf = ({ error, steps }: JobResult): unknown =>
  error ?? steps.find((step) => step.error !== undefined)?.error;
