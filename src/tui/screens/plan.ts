import type { Plan, PreparedPlan } from '../../engine/plan.ts';
import { showable } from '../../formats/bytes.ts';
import { liftsImmutable, type Risk, riskOf } from '../../model/plan.ts';
import { effectSentence, purposeSentence } from '../../text/sentence.ts';
import { type Article, actionOf, articleHints, readOn, renderArticle } from '../kit/article.ts';
import { bullet, emptyLine, type Line, line, paragraph, span } from '../kit/frame.ts';
import { type Area, textOf } from '../kit/layout.ts';
import { withoutLast } from '../password-rules.ts';
import type { PlanScreen, State } from '../state.ts';
import { backFrom, changed, type Step, stay } from '../step.ts';
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
  if (changes.length === 0) return paragraph(run.nothingToDo, columns, 'good');
  return [
    line(tui.plan.written, 'title'),
    ...changes.flatMap((change) => [
      ...change.effects.flatMap((effect) => bullet('-', effectSentence(text.effects, effect), columns)),
      ...(liftsImmutable(change) ? bullet('-', run.immutableLifted, columns) : []),
      ...bullet(' ', change.path, columns, 'faint'),
    ]),
    ...(risk === 'irreversible' ? [] : [emptyLine, ...paragraph(tui.plan.kept, columns)]),
    ...(warnings.length > 0 ? [emptyLine, line(tui.notes, 'title')] : []),
    ...warnings.flatMap((notice) => bullet('!', describeNotice(state, notice), columns, 'warning')),
    ...doorParagraphs(prepared.doors, text.findings.doorsAfter, text, columns),
  ];
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

type Action = 'apply' | 'back';

const articleOf = (state: State, screen: PlanScreen, area: Area): Article<Action> => {
  const { tui, operations } = textOf(state);
  const { purpose, changes } = screen.prepared.plan;
  const back = { action: 'back', label: tui.back } as const;
  return {
    lines: planLines(state, screen, area.columns),
    foot: nameLines(state, screen, area.columns),
    buttons:
      changes.length > 0
        ? [{ action: 'apply', label: operations[purpose.task].apply, isWaiting: !screen.isArmed }, back]
        : [back],
  };
};

const startApplying = (state: State, { request, prepared }: PlanScreen): Step =>
  stay(changed(state, { name: 'applying', request, prepared, events: [], isStopAsked: false }), {
    kind: 'apply',
    prepared,
  });

const press = (state: State, screen: PlanScreen, action: Action | undefined): Step => {
  if (action === 'back') return stay(backFrom(state));
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
