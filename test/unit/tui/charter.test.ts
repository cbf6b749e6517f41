import { readFileSync } from 'node:fs';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../../src/tui/messages.ts';
import type { State } from '../../../src/tui/state.ts';
import { topOf } from '../../../src/tui/step.ts';
import { view } from '../../../src/tui/view.ts';
import { allScenes } from '../../support/recovery-scenes.ts';
import {
  debianRoot,
  following,
  lookable,
  pasted,
  planForBob,
  play,
  scanOfAll,
  scene,
  startOf,
  systemOf,
  textOfFrame,
  typed,
} from '../../support/tui-scenes.ts';
import { diskOf, volumeOf } from '../../support/volume.ts';

/** src/tui/CHARTER.md, rule by rule: each is a test of the same name here. */

const all = Object.entries(allScenes);
const sizes = [
  [20, 5],
  [60, 16],
  [80, 24],
  [132, 43],
  [300, 100],
] as const;
const seen = (state: State): string => textOfFrame(view(state));

test('the charter and its tests name the same rules', () => {
  const rules = [...readFileSync('src/tui/CHARTER.md', 'utf8').matchAll(/^- \*\*(.+?)\.\*\*/gm)].map(
    ([, rule]) => rule,
  );
  const tests = [...readFileSync('test/unit/tui/charter.test.ts', 'utf8').matchAll(/^describe\('(.+?)'/gm)];
  expect(rules.length).toBeGreaterThan(5);
  expect(tests.map(([, rule]) => rule)).toEqual(rules);
});

describe('Arrows, Enter and Escape suffice', () => {
  /** Every screen that these keys lead to from the first one; answers of the engine are what the scenes had. */
  const reachable = (): ReadonlySet<string> => {
    const keys = ['up', 'down', 'left', 'right', 'enter', 'escape'] as const;
    const found = new Set<string>();
    const visited = new Set<string>();
    const queue: State[] = [
      following(startOf(), { kind: 'scanned', scan: scanOfAll, lookable, unseen: [], isStopped: false }),
    ];
    for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
      found.add(topOf(state).name);
      for (const key of keys) {
        const next = following(state, key);
        const name = seen(next);
        if (visited.has(name)) continue;
        visited.add(name);
        queue.push(next);
      }
    }
    return found;
  };

  test('from the first screen to every other that needs no answer of a disk', () => {
    expect([...reachable()].sort()).toEqual(
      [
        'disks',
        'volume',
        'landmarks',
        'folder',
        'backups',
        'accounts',
        'password',
        'key',
        'journals',
        'planning',
        'language',
        'keyboard',
        'leave',
        'leaving',
      ].sort(),
    );
  });

  test.each(all)('%s says which keys there are, unless there is nothing to press', (name, make) => {
    const state = make();
    const lastOf = (language: 'en' | 'fr') =>
      seen({ ...state, language })
        .split('\n')
        .at(-1) ?? '';
    const isWaiting = ['applying', 'leaving'].includes(topOf(make()).name);
    const isEnding = ['copying-stopping', 'copying-closing'].includes(name);
    expect(lastOf('en').includes('Esc')).toBe(!isWaiting && !isEnding);
    expect(lastOf('fr').includes('Échap')).toBe(!isWaiting && !isEnding);
  });
});

describe('Usable at 80×24, better when larger', () => {
  test.each(all)('%s fills every size exactly', (_name, make) => {
    for (const [columns, rows] of sizes) {
      const frame = view({ ...make(), columns, rows });
      expect(frame.lines).toHaveLength(rows);
      for (const spans of frame.lines) expect(stringWidth(spans.map(({ text }) => text).join(''))).toBe(columns);
    }
  });

  test('a larger window shows more: facts of the chosen volume', () => {
    const state = following(startOf(), { kind: 'scanned', scan: scanOfAll, lookable, unseen: [], isStopped: false });
    expect(seen(state)).not.toContain('830bf1f8');
    expect(seen({ ...state, columns: 132, rows: 43 })).toContain('830bf1f8');
  });

  test('a window that is too small says so, and keys do nothing that nobody sees', () => {
    const tiny = following(scene('plan'), { kind: 'resized', columns: 20, rows: 5 });
    expect(seen(tiny)).toMatch(/too\s+small/);
    expect(play(tiny, 'enter', typed('x'), 'escape')).toEqual({ state: tiny, effects: [] });
  });

  test('more disks than fit are scrolled to, and the chosen one is always seen', () => {
    const volumes = Array.from({ length: 60 }, (_, index) => volumeOf({ id: `v${index}`, selector: `sdb${index}` }));
    const scan = { ...scanOfAll, disks: [diskOf(volumes)], systems: [] };
    let state = following(startOf(), { kind: 'scanned', scan, lookable: [], unseen: [], isStopped: false });
    for (let index = 0; index < 60; index += 1) {
      expect(seen(state)).toContain(`> sdb${index} `);
      state = following(state, 'down');
    }
  });
});

describe('Nothing blocks', () => {
  test('long work shows where it is, and every key is taken meanwhile', () => {
    const looking = scene('disks-looking');
    expect(seen(looking)).toContain('1 of 5');
    expect(seen(following(looking, 'down', 'enter'))).toContain('What is on sdb3');
  });

  test('what takes long can be left, and its late answer is not taken', () => {
    expect(topOf(following(scene('planning'), 'escape')).name).toBe('password');
    const asked = allScenes.following();
    const left = following(asked, 'escape');
    expect(topOf(left).name).toBe('folder');
    expect(following(left, { kind: 'followed', job: asked.lastJob, path: '/', leadsTo: 'directory' })).toEqual(left);
    for (const name of ['landmarks-opening', 'folder-reading', 'destinations-looking', 'backups-reading'] as const)
      expect(allScenes[name]().screens.length).toBe(following(allScenes[name](), 'escape').screens.length + 1);
  });
});

describe('Rejected input says what would be accepted', () => {
  test.each([
    [[typed(''), 'enter'] as const, 'at least one character'],
    [[pasted('a\nb')] as const, 'a single line'],
    [[pasted('x'.repeat(600))] as const, '511 bytes at most'],
  ])('%#', (messages, sentence) => {
    const state = following(scene('password'), ...messages);
    expect(seen(state).replace(/\s+/g, ' ')).toContain(sentence);
  });
});

describe('Escape never loses work', () => {
  test('a key that was pasted is there when its screen is opened again', () => {
    const left = following(scene('key-pasted'), 'escape');
    expect(seen(following(left, 'enter'))).toContain('carol@laptop_');
  });

  test.each(all)('from %s everything typed is still there afterwards', (_name, make) => {
    const before = make();
    const held = (state: State) =>
      [...state.screens, ...(state.setAside ? [state.setAside] : [])].some(
        (screen) => screen.name === 'password' && screen.first.reveal() === 'sesame',
      );
    const isOver = topOf(before).name === 'result';
    if (held(before) && !isOver) expect(held(following(before, 'escape'))).toBe(true);
    // And nothing is ever started by it but another look.
    const isNew = ({ kind }: { kind: string }) =>
      !['scan', 'list-folder', 'stop', 'stop-look', 'close-source'].includes(kind);
    expect(play(before, 'escape').effects.filter(isNew)).toEqual([]);
  });
});

describe('Colour is never the only sign', () => {
  test.each(all)('what is chosen on %s is marked by a sign as well', (_name, make) => {
    const chosen = view(make()).lines.flatMap((spans) => spans.filter(({ style }) => style === 'chosen'));
    for (const { text } of chosen) expect(text).toMatch(/^>|_/);
  });
});

describe('What cannot be undone asks for the name', () => {
  test('and Enter alone does nothing', () => {
    expect(play(scene('plan-irreversible'), 'enter').effects).toEqual([]);
    expect(play(scene('plan'), 'enter').effects).toHaveLength(1);
  });
});

describe('A slip starts nothing', () => {
  const consequential = new Set(['apply', 'restart', 'power-off', 'quit']);

  test('Enter held down from the first screen never gets as far as a change', () => {
    let state = scene('password-generated');
    const started: string[] = [];
    for (let press = 0; press < 20; press += 1) {
      const step = play(state, 'enter');
      started.push(...step.effects.map(({ kind }) => kind).filter((kind) => consequential.has(kind)));
      const plan: Message = { kind: 'planned', job: step.state.lastJob, prepared: planForBob };
      state = topOf(step.state).name === 'planning' ? following(step.state, plan) : step.state;
    }
    expect(topOf(state).name).toBe('plan');
    expect(started).toEqual([]);
  });

  test.each(['landmarks-marked', 'folder', 'destinations', 'backups-key', 'copied-stopped'] as const)(
    'nor does it copy anything from %s',
    (name) => {
      const { effects } = play(allScenes[name](), ...Array.from({ length: 20 }, () => 'enter' as const));
      expect(effects.map(({ kind }) => kind)).not.toContain('copy');
    },
  );

  test('a paste presses no keys', () => {
    for (const [, make] of all) {
      const { state, effects } = play(make(), pasted('y\nyes\n\n\u001b[B\n'.repeat(800)));
      expect(effects).toEqual([]);
      expect(state.screens.map(({ name }) => name)).toEqual(make().screens.map(({ name }) => name));
    }
  });
});

describe('A resize redraws rightly', () => {
  test.each(all)('%s is the same after 20×5 and back', (_name, make) => {
    const state = make();
    const back = following(
      state,
      { kind: 'resized', columns: 20, rows: 5 },
      { kind: 'resized', columns: state.columns, rows: state.rows },
    );
    expect(back).toEqual(state);
  });
});

describe('Whatever a disk says is shown as text', () => {
  const hostile = '{red-fg}x\u001b[2J\u0007\nname\u202e\udcff';

  test('markup, escape sequences, line breaks and foreign bytes of names, labels and systems', () => {
    const volume = volumeOf({
      ...debianRoot,
      selector: hostile,
      filesystem: { type: 'ext4', label: hostile, state: 'clean' },
    });
    const people = [
      {
        name: hostile,
        realm: 'linux',
        displayName: hostile,
        isAdministrator: false,
        isOwner: false,
        login: 'password',
        notes: [],
      } as const,
    ];
    const system = systemOf('debian', volume, hostile, hostile, '/', people);
    const scan = { ...scanOfAll, disks: [diskOf([volume], { path: hostile, model: hostile })], systems: [system] };
    const first = following(startOf(), { kind: 'scanned', scan, lookable: [volume.id], unseen: [], isStopped: false });
    const opening = following(first, 'enter', 'end', 'enter');
    const opened = following(
      opening,
      { kind: 'source-opened', job: opening.lastJob, reading: 'as-is', landmarks: [] },
      'enter',
    );
    const inside = following(opened, {
      kind: 'folder-listed',
      job: opened.lastJob,
      entries: [{ name: hostile, kind: 'file' }],
      isCut: false,
    });
    const marked = following(inside, typed(' '), 'f5');
    const places = [{ volume, isOwnMedium: false, freeBytes: 1e9 }];
    const asked = following(marked, { kind: 'places-listed', job: marked.lastJob, places });
    const copy = following(asked, 'enter', { kind: 'armed', job: asked.lastJob + 1 });
    const copying = following(copy, 'enter');
    const movement = { doneBytes: 1, totalBytes: 2, files: 0, current: `/${hostile}`, elapsedMs: 1 };
    const moved = following(copying, { kind: 'moved', job: copying.lastJob, movement });
    for (const state of [
      first,
      following(first, 'enter'),
      inside,
      asked,
      copy,
      moved,
      following(first, 'enter', 'enter'),
      following(first, 'enter', 'enter', 'enter'),
    ]) {
      const text = seen({ ...state, columns: 200, rows: 50 });
      // A name in a list of many columns is cut.
      expect(text).toContain('{red-fg}x\\x1b[2J\\x07\\x0an');
      if (state !== asked) expect(text).toContain('\\x0aname\\u202e\\xff');
      expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e\ud800-\udfff]/);
    }
  });

  test('our own words use only what the font of a Linux console has', () => {
    for (const [, make] of all)
      for (const language of ['en', 'fr'] as const)
        expect(seen({ ...make(), language })).toMatch(/^[\n -~\u00a0-\u00ffœŒ×·←→↑↓─–—‘’“”…]*$/u);
  });
});

describe('A password is nowhere but in its field', () => {
  const canary = 'Canary-77-sesame';

  test('not in a dump of the state, of the messages, nor on the screen', () => {
    const state = following(scene('password'), typed(canary), 'enter', typed(canary), 'enter');
    const onPlan = following(state, {
      kind: 'planned',
      job: state.lastJob,
      prepared: (topOf(scene('plan')) as { prepared?: never }).prepared as never,
    });
    for (const each of [state, onPlan, following(onPlan, 'escape', 'escape')]) {
      expect(JSON.stringify(each)).not.toContain(canary);
      expect(seen(each)).not.toContain(canary);
    }
    expect(JSON.stringify([typed(canary), pasted(canary)])).not.toContain(canary);
  });
});
