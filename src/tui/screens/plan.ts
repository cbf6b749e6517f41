import type { Plan, PreparedPlan } from '../../engine/plan.ts';
import { showable } from '../../formats/bytes.ts';
import { liftsImmutable, type Risk, riskOf } from '../../model/plan.ts';
import type { Tick } from '../../operations/operation.ts';
import { effectSentence, findingSentence, purposeSentence } from '../../text/sentence.ts';
import { type Article, actionOf, articleHints, readOn, renderArticle } from '../kit/article.ts';
import { bullet, emptyLine, type Line, line, paragraph, span } from '../kit/frame.ts';
import { type Area, textOf } from '../kit/layout.ts';
import { withoutLast } from '../password-rules.ts';
import type { PlanScreen, State } from '../state.ts';
import { askForPlan, backFrom, changed, type Step, stay } from '../step.ts';
import { describeNotice } from '../words.ts';
import type { ScreenDefinition } from './definition.ts';
import { doorParagraphs } from './doors.ts';

/** The worst that any of its changes can turn out. */
export const worstRiskOf = ({ changes }: Pick<Plan, 'changes'>): Risk => {
  const risks = changes.map(riskOf);
  return risks.find((risk) => risk === 'irreversible') ?? risks.find((risk) => risk === 'reversible') ?? 'none';
};

/** What has to be typed before something that cannot be undone: the account, or the volume that an earlier run was on. */
const nameToType = ({ request: { target } }: PlanScreen): string => {
  switch (target.on) {
    case 'account':
      return showable(target.account.name);
    case 'journal':
      return showable(target.record.volume.selector);
  }
};

/** The plan in plain words: what is written, what is kept, what to know. */
const planLines = (state: State, { prepared, risk }: PlanScreen, columns: number): readonly Line[] => {
  const text = textOf(state);
  const { run, tui } = text;
  const { changes, warnings } = prepared.plan;
  const ticks = tickLines(state, prepared, columns);
  if (changes.length === 0) return [...paragraph(run.nothingToDo, columns, 'good'), ...ticks];
  return [
    line(tui.plan.written, 'title'),
    ...changes.flatMap((change) => [
      ...change.effects.flatMap((effect) => bullet('-', effectSentence(text.effects, effect), columns)),
      ...(liftsImmutable(change) ? bullet('-', run.immutableLifted, columns) : []),
      ...bullet(' ', change.path, columns, 'faint'),
    ]),
    ...(risk === 'irreversible' ? [] : [emptyLine, ...paragraph(tui.plan.kept, columns)]),
    ...ticks,
    ...(warnings.length > 0 ? [emptyLine, line(tui.notes, 'title')] : []),
    ...warnings.flatMap((notice) => bullet('!', describeNotice(state, notice), columns, 'warning')),
    ...doorParagraphs(prepared.doors, text.findings.doorsAfter, text, columns),
  ];
};

const tickMark = ({ isOn }: Tick, index: number): string => `[${isOn ? 'x' : ' '}] ${index + 1}`;

/** What can be taken into the plan or left out, each with the number of its button. */
const tickLines = (state: State, { ticks = [] }: PreparedPlan, columns: number): readonly Line[] => {
  const { tui, findings } = textOf(state);
  if (ticks.length === 0) return [];
  const lines = ticks.flatMap((tick, index) =>
    bullet(tickMark(tick, index), findingSentence(findings.sentences, tick.finding), columns),
  );
  return [emptyLine, line(tui.plan.cures, 'title'), ...lines];
};

/** The same plan with one tick the other way round. */
const ticking = (state: State, { request, prepared }: PlanScreen, index: number): Step => {
  const { ticks = [] } = prepared;
  const input = ticks[index]?.input;
  if (input === undefined) return stay(state);
  const taken = ticks.filter(({ isOn }, at) => isOn !== (at === index)).map(({ finding }) => finding.id);
  return askForPlan(backFrom(state), { ...request, values: { ...request.values, [input]: taken } });
};

/** What cannot be undone takes more than Enter. */
const nameLines = (state: State, screen: PlanScreen, columns: number): readonly Line[] => {
  if (screen.risk !== 'irreversible') return [];
  const { plan } = textOf(state).tui;
  const name = nameToType(screen);
  return [
    emptyLine,
    ...paragraph(plan.irreversible(name), columns, 'bad'),
    [span(`${plan.typeName} `), span(`${screen.typedName}_`, 'field')],
    ...(screen.isNameRejected ? paragraph(plan.wrongName(name), columns, 'warning') : []),
  ];
};

type Action = 'apply' | 'back' | `tick ${number}`;

const articleOf = (state: State, screen: PlanScreen, area: Area): Article<Action> => {
  const { tui, operations } = textOf(state);
  const { purpose, changes } = screen.prepared.plan;
  const back = { action: 'back', label: tui.back } as const;
  const ticks = (screen.prepared.ticks ?? []).map((tick, index) => ({
    action: `tick ${index}` as const,
    label: tickMark(tick, index),
  }));
  return {
    lines: planLines(state, screen, area.columns),
    foot: nameLines(state, screen, area.columns),
    buttons:
      changes.length > 0
        ? [{ action: 'apply', label: operations[purpose.task].apply, isWaiting: !screen.isArmed }, back, ...ticks]
        : [back, ...ticks],
  };
};

const startApplying = (state: State, { request, prepared }: PlanScreen): Step =>
  stay(changed(state, { name: 'applying', request, prepared, events: [], isStopAsked: false }), {
    kind: 'apply',
    prepared,
  });

const press = (state: State, screen: PlanScreen, action: Action | undefined): Step => {
  if (action === 'back') return stay(backFrom(state));
  if (action?.startsWith('tick ')) return ticking(state, screen, Number(action.slice('tick '.length)));
  if (action !== 'apply') return stay(state);
  // Held down since the screen before: every further one starts the moment of waiting anew.
  if (!screen.isArmed) {
    const job = state.lastJob + 1;
    return stay({ ...changed(state, { ...screen, job }), lastJob: job }, { kind: 'arm', job });
  }
  if (screen.risk === 'irreversible' && screen.typedName !== nameToType(screen))
    return stay(changed(state, { ...screen, isNameRejected: true }));
  return startApplying(state, screen);
};

export const plan: ScreenDefinition<'plan'> = {
  content: (state, screen, area) => {
    const text = textOf(state);
    const article = articleOf(state, screen, area);
    return {
      title: purposeSentence(text, screen.prepared.plan.purpose),
      lines: renderArticle(article, screen.reading, area),
      hints: articleHints(article, area, text),
    };
  },

  onKey: (state, screen, key, area) => {
    const article = articleOf(state, screen, area);
    if (key === 'escape') return stay(backFrom(state));
    if (key === 'enter') return press(state, screen, actionOf(article, screen.reading));
    if (key === 'backspace')
      return stay(changed(state, { ...screen, typedName: withoutLast(screen.typedName), isNameRejected: false }));
    return stay(changed(state, { ...screen, reading: readOn(article, screen.reading, key, area) }));
  },

  onText: (state, screen, text) => {
    if (screen.risk !== 'irreversible') return stay(state);
    const typedName = (screen.typedName + showable(text)).slice(0, longestName);
    return stay(changed(state, { ...screen, typedName, isNameRejected: false }));
  },
};

const longestName = 100;

/** The screen for a plan that was just made. */
export const planScreen = (request: PlanScreen['request'], prepared: PreparedPlan, job: number): PlanScreen => ({
  name: 'plan',
  request,
  prepared,
  risk: worstRiskOf(prepared.plan),
  isArmed: false,
  job,
  typedName: '',
  isNameRejected: false,
  reading: { scroll: 0, button: 0 },
});
