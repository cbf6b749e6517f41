import { describe, expect, test } from 'vitest';
import { isUndone, type JournalRecord, journalIdPattern, newJournalId } from '../../../src/engine/journal.ts';
import { chooseJournal } from '../../../src/engine/undo.ts';
import { RescueError } from '../../../src/model/errors.ts';
import type { Purpose } from '../../../src/operations/purpose.ts';
import { volumeOf } from '../../support/volume.ts';

const record = (id: string, purpose: Purpose, state: 'done' | 'applying' = 'done'): JournalRecord => ({
  manifest: { id, state, createdAtMs: 0, purpose, entries: [] },
  volume: volumeOf(),
});

const reset = (id: string, state?: 'done' | 'applying') =>
  record(id, { task: 'reset-password', user: 'bob', system: 'debian@sdb2' }, state);
const undo = (id: string, journal: string, state?: 'done' | 'applying') => record(id, { task: 'undo', journal }, state);

const isUndoneAmong = (id: string, records: readonly JournalRecord[]) => {
  const found = records.find(({ manifest }) => manifest.id === id);
  return found && isUndone(found.manifest, records);
};

describe('isUndone', () => {
  test('follows a chain of undos of undos', () => {
    expect(isUndoneAmong('a', [reset('a')])).toBe(false);
    expect(isUndoneAmong('a', [reset('a'), undo('b', 'a')])).toBe(true);
    expect(isUndoneAmong('a', [reset('a'), undo('b', 'a'), undo('c', 'b')])).toBe(false);
    expect(isUndoneAmong('a', [reset('a'), undo('b', 'a'), undo('c', 'b'), undo('d', 'c')])).toBe(true);
  });

  test('an undo that was cut off has undone nothing yet', () => {
    expect(isUndoneAmong('a', [reset('a'), undo('b', 'a', 'applying')])).toBe(false);
  });

  test('ends on a circle, which only a stranger could have written', () => {
    const circle = [undo('a', 'b'), undo('b', 'a'), undo('c', 'c')];
    expect(circle.map(({ manifest }) => typeof isUndone(manifest, circle))).toEqual(['boolean', 'boolean', 'boolean']);
  });
});

describe('newJournalId', () => {
  test('says when, and sorts by it', () => {
    const id = newJournalId(Date.UTC(2026, 10, 21, 5, 12, 9), Uint8Array.of(0xab, 0x12));
    expect(id).toBe('20261121-051209-ab12');
    expect(id).toMatch(journalIdPattern);
  });

  test('holds on a machine without a clock', () => {
    expect(newJournalId(0, Uint8Array.of(0, 1))).toMatch(journalIdPattern);
  });
});

describe('chooseJournal', () => {
  const choose = (journals: readonly JournalRecord[], id?: string) => {
    try {
      return chooseJournal({ journals }, id).manifest.id;
    } catch (error) {
      return error instanceof RescueError ? error.code : error;
    }
  };

  test('takes the only run that stands', () => {
    expect(choose([reset('a')])).toBe('a');
    expect(choose([reset('a'), undo('b', 'a'), reset('c')])).toBe('c');
  });

  test('a run that was cut off can be undone too', () => {
    expect(choose([reset('a', 'applying')])).toBe('a');
  });

  test('never guesses between several, and takes an undo back only by its name', () => {
    expect(choose([reset('a'), reset('b')])).toBe('several-to-undo');
    expect(choose([reset('a'), reset('b')], 'b')).toBe('b');
    expect(choose([reset('a'), undo('b', 'a')])).toBe('nothing-to-undo');
    expect(choose([reset('a'), undo('b', 'a')], 'b')).toBe('b');
    expect(choose([reset('a'), undo('b', 'a')], 'a')).toBe('nothing-to-undo');
    expect(choose([])).toBe('nothing-to-undo');
  });
});
