import { describe, expect, test } from 'vitest';
import type { JournalRecord } from '../../../src/engine/journal.ts';
import { type KnownError, RescueError } from '../../../src/model/errors.ts';
import { Secret } from '../../../src/model/secret.ts';
import type { State } from '../../../src/tui/state.ts';
import { topOf } from '../../../src/tui/step.ts';
import { view } from '../../../src/tui/view.ts';
import {
  data,
  earlierRun,
  earlierUndo,
  following,
  laptop,
  lookable,
  pasted,
  planForBob,
  play,
  rescueStick,
  scanned,
  scanOfAll,
  scene,
  startOf,
  textOfFrame,
  typed,
} from '../../support/tui-scenes.ts';

const seen = (state: State): string => textOfFrame(view(state));
const screenOf = (state: State): string => topOf(state).name;
const password = (state: State) => {
  const screen = topOf(state);
  if (screen.name !== 'password') throw new Error(`on ${screen.name}`);
  return { first: screen.first.reveal(), second: screen.second.reveal(), rejection: screen.rejection };
};

describe('the first screen', () => {
  test('shows the disks as soon as they are known, and what is on them when that is known', () => {
    const looking = scene('disks-looking');
    expect(seen(looking)).toContain('Looking at sdb3 (1 of 5)');
    expect(seen(looking)).not.toContain('Home Assistant OS 16.2');
    expect(seen(following(looking, scanned))).toContain('> sdb8 ');
  });

  test('chooses the likeliest patient, and opens it with Enter', () => {
    expect(seen(following(scene('disks'), 'enter'))).toContain('What is on sdb8');
  });

  test('while the first look is under way Enter opens nothing: the choice would jump away under the finger', () => {
    expect(screenOf(following(scene('disks-looking'), 'enter'))).toBe('disks');
  });

  test('the same goes for disks that appear only after a first look that found none', () => {
    const surveyed = { kind: 'engine', event: { kind: 'surveyed', disks: scanOfAll.disks } } as const;
    const late = following(scene('disks-none'), { kind: 'disks-changed' }, surveyed);
    expect(screenOf(following(late, 'enter'))).toBe('disks');
    expect(seen(late)).not.toContain('cannot open');
    expect(seen(following(late, scanned))).toContain('> sdb8 ');
  });

  test('says of a volume that could not be opened just that, and why on its own screen', () => {
    const error = new RescueError('cannot-mount', { selector: 'sdb8', output: 'bad superblock' }) as KnownError;
    const notice = { code: 'cannot-look', details: { selector: 'sdb8', error } } as const;
    const scan = { ...scanOfAll, systems: [], notices: [notice] };
    const looked = following(scene('disks'), { kind: 'scanned', scan, lookable, unseen: [], isStopped: false });
    expect(seen(looked)).toMatch(/sdb8 .*could not be opened/);
    expect(seen({ ...looked, screens: [{ name: 'volume', volume: data, chosen: undefined }] })).toContain(
      'may be damaged',
    );
  });

  test('keeps the choice of a person when disks come and go', () => {
    const chosen = following(scene('disks'), 'down', scanned);
    expect(seen(chosen)).toContain('> nvme0n1p2');
  });

  test('forgets a disk that was pulled', () => {
    const withoutCard = scanOfAll.disks.filter(({ id }) => id !== 'card');
    const state = following(scene('disks'), { ...scanned, scan: { ...scanOfAll, disks: withoutCard, systems: [] } });
    expect(seen(state)).not.toContain('sdb8');
  });

  test('looks again when something is plugged in, and once more if that happens during the look', () => {
    const first = play(scene('disks'), { kind: 'disks-changed' }, { kind: 'disks-changed' });
    expect(first.effects).toEqual([{ kind: 'scan' }]);
    expect(play(first.state, scanned).effects).toEqual([{ kind: 'scan' }]);
    expect(play(first.state, scanned, scanned).effects).toEqual([{ kind: 'scan' }]);
  });

  test('says what to do where disks cannot be opened', () => {
    expect(seen(scene('disks-not-root'))).toContain('sudo');
    expect(play(scene('disks-not-root'), 'enter').effects).toEqual([{ kind: 'scan' }]);
  });

  test('never lets anybody choose the stick that everything runs from', () => {
    const state = following(scene('disks'), 'home', 'up', 'up');
    expect(seen(state)).toContain('sda  Sparekey, 8.0 GB — this rescue stick');
    expect(seen(state)).toContain('> sdb3');
  });
});

describe('a volume that is open here', () => {
  test('is what it was after another look, and in use by nobody', () => {
    const disks = scanOfAll.disks.map((disk) => ({
      ...disk,
      volumes: disk.volumes.map((volume) => (volume.id === data.id ? { ...volume, isInUse: true } : volume)),
    }));
    const scan = { ...scanOfAll, disks, systems: scanOfAll.systems.slice(1) };
    const state = following(scene('disks'), { kind: 'scanned', scan, lookable, unseen: [data.id], isStopped: false });
    expect(seen(state)).toMatch(/sdb8 .*Home Assistant OS 16\.2, data/);
    expect(seen(state)).not.toContain('The look was ended early');
    expect(seen(following(state, 'enter'))).toContain('Recover files');
  });
});

describe('somebody who is choosing an account', () => {
  const later = (unseen: readonly string[], disks = scanOfAll.disks) => {
    const scan = { ...scanOfAll, disks, systems: scanOfAll.systems.filter(({ volume }) => volume.id !== data.id) };
    return seen(following(scene('accounts'), { kind: 'scanned', scan, lookable, unseen, isStopped: false }));
  };

  test('goes on choosing when the disk does not answer another look in time', () => {
    expect(later([data.id])).toMatch(/> .*Bob|Bob/);
    expect(later([data.id])).not.toContain('gone');
  });

  test('is told whether the disk is gone, or only what was on it', () => {
    expect(later([])).toContain('this system was not found on it at the last look');
    expect(later([], [])).toContain('This disk is gone');
  });
});

describe('what is offered', () => {
  test('only what the systems can do and what was built', () => {
    expect(seen(scene('volume'))).toContain('Reset a password');
    expect(seen(scene('volume'))).not.toContain('Undo');
    expect(seen(scene('volume-two-systems'))).toContain('Undo an earlier change');
    expect(seen(scene('volume'))).toContain('Recover files');
    expect(seen(scene('volume-mounted'))).not.toContain('Recover files');
  });

  test('a system without accounts offers no reset', () => {
    const [haos] = scanOfAll.systems;
    if (!haos) throw new Error('no system');
    const { accounts: _, ...mute } = haos.profile;
    const scan = { ...scanOfAll, systems: [{ ...haos, profile: mute }] };
    const state = following(startOf(), { kind: 'scanned', scan, lookable, unseen: [], isStopped: false }, 'enter');
    expect(seen(state)).toContain('What is on sdb8');
    expect(seen(state)).not.toContain('Reset a password');
  });
});

describe('a password', () => {
  test('typed twice and confirmed, asks for a plan with exactly that', () => {
    const { effects } = play(scene('password'), typed('sesame'), 'enter', typed('sesame'), 'enter');
    expect(effects).toHaveLength(1);
    const [effect] = effects;
    if (effect?.kind !== 'plan') throw new Error('no plan');
    const { operation, target, values } = effect.request;
    expect(operation.id).toBe('reset-password');
    expect(target).toMatchObject({ account: { name: 'Bob' } });
    expect(values['password'] instanceof Secret && values['password'].reveal()).toBe('sesame');
    expect(values['unlock']).toBe(false);
  });

  test('is hidden until somebody asks to see it', () => {
    const state = following(scene('password'), typed('sesame'));
    expect(seen(state)).toContain('******_');
    expect(seen(state)).not.toContain('sesame');
    expect(seen(following(state, 'down', 'down', 'down', 'enter'))).toContain('sesame');
  });

  test.each([
    [['enter' as const], 'empty'],
    [[typed('a'), 'down' as const, 'enter' as const], 'short-of-second'],
    [[typed('a'), 'down' as const, typed('b'), 'enter' as const], 'different'],
    [[pasted('one\ntwo')], 'line-break'],
    [[pasted('one\ttwo')], 'control'],
    [[pasted('x'.repeat(10_000))], 'too-long'],
  ])('that is none is refused with what would be accepted: %#', (messages, rejection) => {
    const { state, effects } = play(scene('password'), ...messages);
    expect(password(state).rejection).toBe(rejection);
    expect(effects).toEqual([]);
    expect(seen(state)).toMatch(/at least one|once more|Correct|single line|letters, digits|511 bytes/);
  });

  test('that was pasted with the line break of the copied line is taken without it', () => {
    expect(password(following(scene('password'), pasted('open sesame\n'))).first).toBe('open sesame');
  });

  test('loses its last character by backspace, as people count characters', () => {
    expect(password(following(scene('password'), typed('ae\u0301'), 'backspace')).first).toBe('a');
    expect(password(following(scene('password'), typed('abc'), 'clear')).first).toBe('');
  });

  test('can be made up: it is shown, and counts as typed twice', () => {
    const state = following(scene('password'), 'end', 'up', 'enter', {
      kind: 'generated',
      password: new Secret('bcd'),
    });
    expect(password(state)).toMatchObject({ first: 'bcd', second: 'bcd' });
    expect(seen(state)).toContain('bcd');
    expect(seen(scene('result'))).not.toContain('sesame');
  });

  test('half typed, is not lost by Escape, nor by a look at the keyboard layouts', () => {
    const half = following(scene('password'), typed('half'));
    expect(password(following(half, 'escape', 'enter')).first).toBe('half');
    expect(password(following(half, 'f3', 'escape')).first).toBe('half');
  });

  test('half typed for one account does not turn up in the field of another', () => {
    const other = following(scene('password'), typed('half'), 'escape', 'up', 'enter');
    expect(password(other).first).toBe('');
  });

  test('for a disk that was pulled meanwhile asks for no plan', () => {
    const pulled = following(scene('password'), typed('x'), 'enter', typed('x'), {
      ...scanned,
      scan: { ...scanOfAll, disks: [], systems: [] },
    });
    const { state, effects } = play(pulled, 'enter');
    expect(effects).toEqual([]);
    expect(seen(state)).toContain('This disk is gone');
  });

  test('is never set on another disk that got the same kernel name', () => {
    const impostor = { ...data, id: 'another-card/8' };
    const systems = scanOfAll.systems.map((system) =>
      system.volume === data ? { ...system, volume: impostor } : system,
    );
    const disks = scanOfAll.disks.map((disk) => ({
      ...disk,
      volumes: disk.volumes.map((volume) => (volume === data ? impostor : volume)),
    }));
    const exchanged = following(scene('password'), typed('x'), 'enter', typed('x'), {
      ...scanned,
      scan: { ...scanOfAll, disks, systems },
    });
    expect(play(exchanged, 'enter').effects).toEqual([]);
  });
});

describe('a lock', () => {
  test('is lifted only after a yes to the question, and the yes is not what Enter finds', () => {
    const asked = scene('locked');
    expect(play(asked, 'enter').effects).toEqual([]);
    const { effects } = play(asked, 'right', 'enter');
    expect(effects[0]).toMatchObject({ kind: 'plan', request: { values: { unlock: true } } });
  });

  test('other refusals are said, and lead back to the password', () => {
    const asked = scene('planning');
    const error = new RescueError('hibernated', { selector: 'sdb8', swap: 'sda3' });
    const state = following(asked, { kind: 'job-failed', job: asked.lastJob, error });
    expect(seen(state)).toContain('hibernat');
    expect(screenOf(following(state, 'escape'))).toBe('password');
  });
});

describe('a plan', () => {
  test('is made anew with a cure taken into it, or left out', () => {
    const onTick = following(scene('plan-ticks'), 'right', 'right');
    const wanted = (state: State) => {
      const [effect] = play(state, 'enter').effects;
      return effect?.kind === 'plan' ? effect.request.values['findings'] : effect;
    };
    expect(wanted(onTick)).toEqual([]);
    expect(wanted(following(onTick, 'right'))).toEqual(['account-expired', 'nologin-file']);
    expect(screenOf(following(onTick, 'enter'))).toBe('planning');
    expect(screenOf(following(onTick, 'enter', 'escape'))).toBe('accounts');
  });

  test('is carried out by one key, on exactly what was shown', () => {
    const { state, effects } = play(scene('plan'), 'enter');
    expect(effects).toEqual([{ kind: 'apply', prepared: planForBob }]);
    expect(screenOf(state)).toBe('applying');
  });

  test('is not carried out by an Enter that was meant for the screen before', () => {
    const asked = scene('planning');
    const fresh = following(asked, { kind: 'planned', job: asked.lastJob, prepared: planForBob });
    const { state, effects } = play(fresh, 'enter', 'enter');
    expect(effects.map(({ kind }) => kind)).toEqual(['arm', 'arm']);
    // The sign of what Enter does appears when Enter does it.
    expect(seen(fresh)).not.toContain('> Set the new password <');
    expect(seen(following(fresh, { kind: 'armed', job: fresh.lastJob }))).toContain('> Set the new password <');
    expect(seen(following(fresh, 'right'))).toContain('> Back <');
    // The key is still held down: what was armed for the first press does not count for the third.
    const held = following(state, { kind: 'armed', job: fresh.lastJob });
    expect(play(held, 'enter').effects.map(({ kind }) => kind)).toEqual(['arm']);
    expect(play(following(state, { kind: 'armed', job: state.lastJob }), 'enter').effects[0]?.kind).toBe('apply');
  });

  test('in the making is not covered by other screens, and its answer not missed', () => {
    const asked = following(scene('planning'), 'f2', 'f3');
    const answered = following(asked, { kind: 'planned', job: asked.lastJob, prepared: planForBob });
    expect(screenOf(answered)).toBe('plan');
  });

  test('that nobody waits for any more is not shown', () => {
    const left = following(scene('planning'), 'escape');
    const late = following(left, { kind: 'planned', job: left.lastJob, prepared: planForBob });
    expect(screenOf(late)).toBe('password');
  });

  test('leads back to the password with everything typed', () => {
    expect(password(following(scene('plan'), 'escape'))).toMatchObject({ first: 'sesame', second: 'sesame' });
    expect(screenOf(following(scene('plan'), 'right', 'enter'))).toBe('password');
  });

  test('that cannot be undone asks for the name of the target', () => {
    const asked = scene('plan-irreversible');
    const refused = play(asked, 'enter');
    expect(refused.effects).toEqual([]);
    expect(seen(refused.state)).toContain('Type exactly: Bob');
    expect(play(asked, typed('bob'), 'enter').effects).toEqual([]);
    expect(play(asked, typed('Bobx'), 'backspace', 'enter').effects[0]?.kind).toBe('apply');
  });
});

describe('while it is written', () => {
  test('no key stops it halfway', () => {
    const { state, effects } = play(scene('applying'), 'escape', 'enter', 'f2', 'f3', 'left', typed('q'));
    expect(screenOf(state)).toBe('applying');
    expect(effects).toEqual([]);
  });

  test('Ctrl-C is noted, and obeyed when it is done', () => {
    const stopping = play(scene('applying'), 'interrupt');
    expect(stopping.effects).toEqual([]);
    expect(seen(stopping.state)).toContain('finished first');
    const done = play(stopping.state, { kind: 'applied', applied: { journalId: 'x', journalFolder: '/.sparekey/x' } });
    expect(done.effects).toMatchObject([{ kind: 'quit', exitCode: 130 }]);
  });

  test('a failure is said, and the disks are looked at anew', () => {
    const error = new RescueError('no-space', { path: '/etc/shadow' });
    const { state, effects } = play(scene('applying'), { kind: 'apply-failed', error });
    expect(seen(state)).toContain('full');
    expect(effects).toEqual([{ kind: 'scan' }]);
    expect(screenOf(following(state, 'enter'))).toBe('password');
  });
});

describe('afterwards', () => {
  test('the stick offers restart, power off and the way back; a laptop no power switch', () => {
    expect(play(scene('result'), 'enter').effects).toEqual([{ kind: 'restart' }]);
    expect(play(scene('result'), 'right', 'enter').effects).toEqual([{ kind: 'power-off' }]);
    const { state, effects } = play(scene('result-on-a-laptop'), 'enter');
    expect(screenOf(state)).toBe('disks');
    expect(effects).toEqual([]);
    expect(seen(scene('result-on-a-laptop'))).not.toContain('Power off');
  });

  test('the name to type in Home Assistant is told as it is stored', () => {
    expect(seen(scene('result'))).toContain('log in as Bob, spelled like this');
  });

  test('nothing that was typed is kept', () => {
    const back = following(scene('result'), 'escape');
    expect(back.screens).toHaveLength(1);
    expect(back.setAside).toBeUndefined();
  });
});

describe('undo', () => {
  test('of what was changed since asks first', () => {
    expect(play(scene('journal-changed-since'), 'right', 'enter').effects[0]).toMatchObject({
      kind: 'plan',
      request: { operation: { id: 'undo' }, values: { force: true } },
    });
  });
});

describe('undo of an undo', () => {
  const withJournals = (...journals: readonly JournalRecord[]) =>
    following(
      startOf(),
      { ...scanned, scan: { ...scanOfAll, journals, notices: [] } },
      'down',
      'enter',
      'end',
      'enter',
    );
  const later = (id: string, journal: string): JournalRecord => ({
    ...earlierUndo,
    manifest: { ...earlierUndo.manifest, id, purpose: { task: 'undo', journal } },
  });

  test('brings the change back, and says which one', () => {
    const listed = withJournals(earlierUndo, earlierRun);
    expect(seen(listed)).toContain('Bring back what was undone: New password for “root”');
    expect(play(listed, 'enter').effects).toMatchObject([
      {
        kind: 'plan',
        request: { operation: { id: 'undo' }, target: { record: { manifest: { id: earlierUndo.manifest.id } } } },
      },
    ]);
  });

  test('is itself no third thing: what it brought back can be undone again', () => {
    const again = later('20261119-214712-e5f6', earlierUndo.manifest.id);
    const listed = withJournals(again, earlierUndo, earlierRun);
    expect(seen(listed)).not.toContain('Bring back');
    expect(play(listed, 'enter').effects).toMatchObject([
      {
        kind: 'plan',
        request: { operation: { id: 'undo' }, target: { record: { manifest: { id: earlierRun.manifest.id } } } },
      },
    ]);
  });
});

describe('settings', () => {
  test('the language changes at once, by F2 or from the first screen', () => {
    expect(following(scene('disks'), 'f2', 'down', 'enter').language).toBe('fr');
    expect(following(scene('disks'), 'end', 'up', 'up', 'enter', 'down', 'enter').language).toBe('fr');
  });

  test('a layout is loaded on a console that is ours, and only there', () => {
    expect(play(scene('keyboard'), 'home', 'enter').effects).toEqual([{ kind: 'load-layout', layout: 'be' }]);
    expect(seen(following(scene('keyboard'), { kind: 'layout-loaded', layout: 'fr' }))).toContain('keyboard: fr');
    expect(play(scene('keyboard-serial'), 'enter').effects).toEqual([]);
    expect(seen(scene('keyboard-serial'))).toContain('Sparekey cannot change it');
  });
});

describe('leaving', () => {
  test('asks, and going back is what Enter finds', () => {
    expect(play(scene('leave'), 'enter').effects).toEqual([]);
    expect(play(scene('leave-on-a-laptop'), 'down', 'enter').effects).toMatchObject([{ kind: 'quit', exitCode: 0 }]);
  });

  test('Ctrl-C quits a program, but not a rescue stick', () => {
    expect(play(following(startOf(laptop), scanned), 'interrupt').effects).toMatchObject([
      { kind: 'quit', exitCode: 130 },
    ]);
    expect(play(following(startOf(rescueStick), scanned), 'interrupt').effects).toEqual([]);
  });

  test.each(['escape', 'interrupt'] as const)('%s first ends a look that is under way', (key) => {
    const first = play(startOf(laptop), key);
    expect(first.effects).toEqual([{ kind: 'stop-look' }]);
    const second = play(first.state, key);
    expect([screenOf(second.state), ...second.effects.map(({ kind }) => kind)]).toContain(
      key === 'escape' ? 'leave' : 'quit',
    );
    const unknown = following(first.state, { kind: 'look-stopped' });
    expect(seen(unknown)).toContain('The look was ended early');
    expect(seen(unknown)).not.toContain('No disk is here yet');
    expect(play(unknown, 'home', 'enter').effects).toEqual([{ kind: 'scan' }]);
  });

  test('what was known of volumes that the ended look never got to stays known', () => {
    const later = {
      ...scanned,
      scan: { ...scanOfAll, systems: [], journals: [], notices: [] },
      unseen: lookable,
      isStopped: true,
    };
    const state = following(scene('disks'), { kind: 'disks-changed' }, 'escape', later);
    expect(seen(state)).toContain('Home Assistant OS 16.2');
    expect(seen(state)).toContain('The look was ended early');
    expect(seen(following(state, 'down', 'enter'))).toContain('Undo an earlier change');
    expect(seen(following(state, { kind: 'disks-changed' }, scanned))).not.toContain('The look was ended early');
  });

  test('a terminal that went away ends it, a write under way first', () => {
    expect(play(startOf(), { kind: 'hung-up' }).effects).toMatchObject([{ kind: 'quit', exitCode: 129 }]);
    expect(play(scene('applying'), { kind: 'hung-up' }).effects).toEqual([]);
  });

  test('a restart that is refused says so, and the screen is back', () => {
    const error = new RescueError('tool-missing', { tool: 'reboot' });
    const state = following(scene('leaving'), { kind: 'station-failed', error });
    expect(seen(state)).toContain('reboot');
    expect(screenOf(following(state, 'enter'))).toBe('disks');
  });
});
