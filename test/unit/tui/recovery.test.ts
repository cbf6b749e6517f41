import { describe, expect, test } from 'vitest';
import { RescueError } from '../../../src/model/errors.ts';
import { markOver, signOf, toggled } from '../../../src/tui/recovery/marks.ts';
import type { State } from '../../../src/tui/state.ts';
import { topOf } from '../../../src/tui/step.ts';
import { view } from '../../../src/tui/view.ts';
import {
  allScenes,
  copying,
  entries,
  filesOutcome,
  onBackups,
  onCopy,
  onDestinations,
  onFolder,
  places,
  storedKey,
  waitingFor,
} from '../../support/recovery-scenes.ts';
import { data, following, laptop, play, scanned, scanOfAll, textOfFrame, typed } from '../../support/tui-scenes.ts';

const seen = (state: State): string => textOfFrame(view(state));
const kinds = (effects: readonly { readonly kind: string }[]) => effects.map(({ kind }) => kind);
const space = typed(' ');
const marksOf = (state: State) => (state.recovery?.marks ?? []).map(({ path }) => path);

describe('marks', () => {
  const folder = (path: string) => ({ path, kind: 'directory' }) as const;

  test('a folder takes in what is marked below it, and nothing with a similar name', () => {
    const marks = [folder('/a/b'), folder('/ab'), folder('/a/c/d')];
    expect(toggled(marks, folder('/a'))?.map(({ path }) => path)).toEqual(['/ab', '/a']);
    expect(toggled(marks, folder('/'))?.map(({ path }) => path)).toEqual(['/']);
  });

  test('marked twice is not marked; below a mark nothing is marked by itself', () => {
    expect(toggled([folder('/a')], folder('/a'))).toEqual([]);
    expect(toggled([folder('/a')], folder('/a/b'))).toBeUndefined();
    expect(markOver([folder('/')], '/x')?.path).toBe('/');
    expect(markOver([folder('/a')], '/ab')).toBeUndefined();
  });

  test('a folder shows that something in it is marked', () => {
    expect(signOf([folder('/a/b')], '/a')).toBe('[-]');
    expect(signOf([folder('/a/b')], '/a/b/c')).toBe('[x]');
    expect(signOf([folder('/a/b')], '/a/c')).toBe('[ ]');
  });
});

describe('the way into a volume', () => {
  test('opens it, reads one folder at a time, and closes it when somebody leaves', () => {
    const opened = play(allScenes.volume(), 'down', 'enter');
    expect(kinds(opened.effects)).toEqual(['open-source']);
    const folder = play(allScenes.landmarks(), 'enter');
    expect(folder.effects).toMatchObject([{ kind: 'list-folder', path: '/supervisor/homeassistant' }]);
    expect(kinds(play(onFolder(), 'enter', 'escape').effects)).toEqual(['list-folder', 'list-folder']);
    expect(kinds(play(onFolder(), 'escape', 'escape').effects)).toEqual(['close-source']);
    expect(kinds(play(onFolder(), { kind: 'crashed', reportPath: undefined }).effects)).toEqual(['close-source']);
  });

  test('what is marked is marked still when somebody comes back', () => {
    const marked = following(onFolder(), space);
    const back = following(marked, 'escape', 'escape', 'enter');
    expect(topOf(back).name).toBe('landmarks');
    expect(marksOf(back)).toEqual(['/supervisor/homeassistant/.storage']);
  });

  test('a volume that cannot be opened says why, even when another screen was opened over it', () => {
    const error = new RescueError('cannot-mount', { selector: 'sdb8', output: 'bad superblock' });
    const opening = allScenes['landmarks-opening']();
    for (const state of [opening, following(opening, 'f2')]) {
      const failed = play(state, { kind: 'job-failed', job: waitingFor(opening), error });
      expect(seen(failed.state)).toContain('bad superblock');
      expect(failed.state.screens.map(({ name }) => name)).not.toContain('landmarks');
      expect(kinds(failed.effects)).not.toContain('open-source');
    }
  });

  test('so does a folder, and the way back leads out of it', () => {
    const reading = allScenes['folder-reading']();
    const error = new RescueError('read-failed', { path: '/supervisor', reason: 'EIO' });
    const failed = following(reading, { kind: 'job-failed', job: waitingFor(reading), error });
    expect(seen(failed)).toContain('could not be read');
    expect(topOf(following(failed, 'escape')).name).toBe('landmarks');
  });

  test('a disk that is pulled is opened anew when it is back', () => {
    const pulled = play(onFolder(), { ...scanned, scan: { ...scanOfAll, disks: [], systems: [] } });
    expect(kinds(pulled.effects)).toEqual(['close-source']);
    expect(seen(pulled.state)).toContain('This disk is gone');
    expect(kinds(play(pulled.state, scanned).effects)).toEqual(['open-source']);
  });
});

describe('a folder', () => {
  test('Enter opens folders and marks files, so that arrows and Enter suffice', () => {
    expect(topOf(following(onFolder(), 'enter'))).toMatchObject({ path: '/supervisor/homeassistant/.storage' });
    expect(marksOf(following(onFolder(), 'down', 'down', 'enter'))).toEqual([
      '/supervisor/homeassistant/automations.yaml',
    ]);
    expect(marksOf(following(onFolder(), 'up', 'enter'))).toEqual(['/supervisor/homeassistant']);
    expect(marksOf(following(onFolder(), 'up', 'enter', 'enter'))).toEqual([]);
    const asked = following(onFolder(), 'up', 'enter', 'up', 'up', 'enter');
    expect(topOf(asked).name).toBe('destinations');
  });

  test('nothing marked, nothing copied; devices and links say what would do', () => {
    expect(seen(following(onFolder(), 'f5'))).toContain('Mark something first');
    expect(seen(following(onFolder(), 'end', space))).toContain('no file but a device');
    expect(seen(following(onFolder(), 'down', 'down', 'down', 'down', space))).toContain('This is a link');
  });

  test('the beginning of a name that is typed is gone to', () => {
    const gone = following(onFolder(), typed('H'), typed('o'));
    expect(seen(gone)).toMatch(/> \[ ].* home-assistant_v2\.db/);
    expect(seen(gone)).toContain('Going to: Ho_');
    expect(seen(following(gone, typed('x')))).toMatch(/> \[ ].* home-assistant_v2\.db/);
    expect(seen(following(gone, 'up'))).not.toContain('Going to');
    expect(marksOf(following(gone, space))).toEqual(['/supervisor/homeassistant/home-assistant_v2.db']);
    expect(seen(following(gone, 'backspace', 'backspace'))).not.toContain('Going to');
  });

  test('a link leads to the folder, or to the file in its folder', () => {
    const asked = allScenes.following();
    const job = asked.lastJob;
    const toFolder = play(asked, { kind: 'followed', job, path: '/var/log', leadsTo: 'directory' });
    expect(toFolder.effects).toMatchObject([{ kind: 'list-folder', path: '/var/log' }]);
    const toFile = play(asked, { kind: 'followed', job, path: '/var/log/home.log', leadsTo: 'file' });
    expect(toFile.effects).toMatchObject([{ kind: 'list-folder', path: '/var/log' }]);
    const found = [
      { name: 'a.log', kind: 'file' },
      { name: 'home.log', kind: 'file' },
    ] as const;
    const listing = { kind: 'folder-listed', job: toFile.state.lastJob, entries: found, isCut: false } as const;
    expect(seen(following(toFile.state, listing))).toMatch(/> \[ ].* home\.log/);
    const nowhere = following(asked, { kind: 'followed', job, path: '/gone', leadsTo: undefined });
    expect(seen(nowhere)).toContain('leads to nothing');
  });

  test('of a hundred thousand entries only those on the screen are asked about', () => {
    const vast = play(allScenes['folder-vast'](), 'page-down');
    const [detail] = play(vast.state, { kind: 'detailed', job: waitingFor(vast.state), details: new Map() }).effects;
    expect(detail).toMatchObject({ kind: 'detail' });
    expect(detail?.kind === 'detail' && detail.names.length).toBeLessThan(24);
  });

  test('what is asked about twice is not asked about again, and entries that say nothing are left alone', () => {
    const listed = play(allScenes['folder-reading'](), {
      kind: 'folder-listed',
      job: waitingFor(allScenes['folder-reading']()),
      entries,
      isCut: false,
    });
    expect(kinds(listed.effects)).toEqual(['detail']);
    const details = new Map(entries.map(({ name }) => [name, {}]));
    const answered = play(listed.state, { kind: 'detailed', job: waitingFor(listed.state), details });
    expect(answered.effects).toEqual([]);
  });
});

describe('what is marked', () => {
  test('is counted, and counted anew when it changes', () => {
    const first = play(onFolder(), space);
    expect(first.effects).toMatchObject([{ kind: 'count', paths: ['/supervisor/homeassistant/.storage'] }]);
    const second = play(first.state, 'down', space);
    expect(kinds(second.effects)).toEqual(['stop', 'count']);
    expect(kinds(play(second.state, space, 'up', space).effects)).toEqual(['stop', 'count', 'stop']);
    expect(seen(second.state)).toContain('counting …');
    const late = { kind: 'counted', job: first.state.lastJob, size: { files: 1, folders: 1, bytes: 77 }, isDone: true };
    expect(following(second.state, late as never)).toEqual(second.state);
  });
});

describe('where to', () => {
  test('is looked for again when disks come or go', () => {
    const asked = onDestinations();
    const again = play(asked, { ...scanned, scan: { ...scanOfAll, disks: [...scanOfAll.disks] } });
    expect(kinds(again.effects)).toEqual(['list-places']);
  });

  test('a folder is typed in whole, and what is free there is asked as it is typed', () => {
    const field = following(onDestinations(laptop), 'end', 'enter');
    expect(play(field, typed('x')).effects).toEqual([]);
    expect(play(field, typed('/home')).effects).toMatchObject([{ kind: 'ask-free-space', folder: '/home' }]);
    expect(seen(following(field, typed('home'), 'enter'))).toContain('whole path');
    expect(seen(following(field, typed('/'), 'enter'))).toContain('whole path');
    // Nobody knows yet whether anything can be written there.
    expect(topOf(following(field, typed('/home'), 'enter')).name).toBe('typed-folder');
    expect(topOf(allScenes['typed-folder']()).name).toBe('typed-folder');
    expect(topOf(following(allScenes['typed-folder'](), 'enter')).name).toBe('copy');
  });

  test('our own stick offers no folder of its memory', () => {
    expect(seen(onDestinations())).not.toContain('A folder of this computer');
  });
});

describe('a copy', () => {
  test('is started by Enter only when it was on the screen for a moment', () => {
    const asked = following(onDestinations(), 'enter');
    expect(kinds(play(asked, 'enter').effects)).toEqual(['arm']);
    expect(play(onCopy(), 'enter').effects).toMatchObject([
      { kind: 'copy', paths: ['/supervisor/homeassistant'], destination: { place: places[0] }, language: 'en' },
    ]);
  });

  test('that has no room cannot be started', () => {
    expect(kinds(play(allScenes['copy-too-large'](), 'enter').effects)).toEqual([]);
  });

  test('goes on while somebody is asked whether to stop, and Escape takes the question back', () => {
    expect(play(copying(), 'escape', 'enter').effects).toEqual([]);
    expect(topOf(following(copying(), 'escape', 'escape'))).toMatchObject({ stopping: 'no' });
    expect(play(copying(), 'escape', 'right', 'enter').effects).toEqual([{ kind: 'stop', job: waitingFor(copying()) }]);
  });

  test('that is asked to end by a signal stops first, then Sparekey ends; a second Ctrl-C does not wait', () => {
    const onLaptop = { ...copying(), station: laptop };
    const stopping = play(onLaptop, 'interrupt');
    expect(kinds(stopping.effects)).toEqual(['stop']);
    const outcome = filesOutcome({ stoppedBy: new RescueError('stopped', { path: '/x' }) });
    const over = play(stopping.state, { kind: 'copied', job: waitingFor(stopping.state), outcome });
    expect(over.effects).toMatchObject([{ kind: 'quit', exitCode: 130 }]);
    expect(kinds(play(stopping.state, 'interrupt').effects)).toEqual(['quit']);
    expect(kinds(play(copying(), { kind: 'stop-asked' }).effects)).toEqual(['stop']);
  });

  test('on our own stick Ctrl-C stops it, and leads nowhere else', () => {
    expect(play(copying(), 'interrupt', 'interrupt').effects).toEqual([{ kind: 'stop', job: waitingFor(copying()) }]);
    expect(topOf(following(copying(), 'interrupt', 'interrupt'))).toMatchObject({ name: 'copying', stopping: 'yes' });
  });

  test('that is whole needs no marks any more; one that is not keeps them, and can go on', () => {
    expect(marksOf(allScenes.copied())).toEqual([]);
    const partly = allScenes['copied-partly']();
    expect(marksOf(partly)).toEqual(['/supervisor/homeassistant']);
    expect(topOf(following(partly, 'enter'))).toMatchObject({ name: 'copy', isArmed: false });
  });

  test('that failed goes back to the question, with why', () => {
    const error = new RescueError('target-too-small', { path: 'sda2', neededBytes: 2e9, freeBytes: 1e9 });
    const failed = following(copying(), { kind: 'job-failed', job: waitingFor(copying()), error });
    expect(seen(failed)).toContain('Choose a larger disk');
    expect(topOf(following(failed, 'escape')).name).toBe('destinations');
  });
});

describe('backups', () => {
  test('are all chosen at first; those left out are not copied', () => {
    const asked = following(onBackups(), 'enter', 'end', 'up', 'up', 'up', 'enter');
    expect(topOf(asked)).toMatchObject({ name: 'destinations', cargo: { kind: 'backups', keys: [] } });
    const screen = topOf(asked);
    const cargo = screen.name === 'destinations' && screen.cargo.kind === 'backups' ? screen.cargo : undefined;
    expect(cargo?.backups.map(({ file }) => file)).toEqual(['Automatic_backup_2026.11_2026-11-17.tar', 'b.tar']);
  });

  test('the key is shown on request only, and is nowhere else', () => {
    expect(seen(onBackups())).not.toContain(storedKey);
    expect(seen(following(onBackups(), 'end', 'enter'))).toContain(storedKey);
    expect(JSON.stringify(following(onBackups(), 'end', 'enter'))).not.toContain(storedKey);
    const typedIn = following(onBackups([]), 'end', 'enter', typed(storedKey));
    expect(seen(typedIn)).not.toContain(storedKey);
    expect(JSON.stringify(typedIn)).not.toContain(storedKey);
  });

  test('a key that was typed is there still after Escape, and decrypts', () => {
    const typedIn = following(onBackups([]), 'end', 'enter', typed(storedKey));
    const back = following(typedIn, 'escape', 'enter');
    expect(back.typed.key.reveal()).toBe(storedKey);
    const screen = topOf(following(back, 'enter'));
    const cargo = screen.name === 'destinations' && screen.cargo.kind === 'backups' ? screen.cargo : undefined;
    expect(cargo?.keys.map((key) => key.reveal())).toEqual([storedKey]);
    expect(cargo?.volume.id).toBe(data.id);
  });

  test('a key that was typed in small letters is tried in large ones too', () => {
    const kitKey = 'ABCD-1234-EF56-7890-WXYZ-4321-GH65';
    const screen = topOf(following(onBackups([]), 'end', 'enter', typed(kitKey.toLowerCase()), 'enter'));
    const cargo = screen.name === 'destinations' && screen.cargo.kind === 'backups' ? screen.cargo : undefined;
    expect(cargo?.keys.map((key) => key.reveal())).toEqual([kitKey.toLowerCase(), kitKey]);
  });

  test('a wrong key leads to the field for another one', () => {
    const wrong = allScenes['backups-wrong-key']();
    expect(seen(wrong)).toContain('does not open');
    expect(topOf(following(wrong, 'enter')).name).toBe('backup-key');
    expect(topOf(following(wrong, 'enter', 'escape')).name).toBe('backups');
  });
});
