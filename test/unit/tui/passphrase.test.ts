import { expect, test } from 'vitest';
import { onPassphrase } from '../../support/stack-scenes.ts';
import { following, play, typed } from '../../support/tui-scenes.ts';

test('what is typed is what the encrypted volumes are tried with, and the way leads back to the disks', () => {
  const { state, effects } = play(onPassphrase(), typed('correct hors3'), 'backspace', typed('e'), 'enter');
  expect(effects.map(({ kind }) => kind)).toEqual(['unlock']);
  const [effect] = effects;
  expect(effect?.kind === 'unlock' && effect.passphrase.reveal()).toBe('correct horse');
  expect(state.screens.map(({ name }) => name)).toEqual(['disks']);
});

test('nothing typed is nothing tried', () => {
  const { state, effects } = play(onPassphrase(), 'enter');
  expect(effects).toEqual([]);
  expect(state.screens.at(-1)).toMatchObject({ name: 'passphrase', isEmpty: true });
});

test('it is hidden until somebody wants to see it, and stands in no state that is shown to anybody', () => {
  const state = following(onPassphrase(), typed('correct horse'));
  expect(JSON.stringify(state)).not.toContain('correct horse');
  expect(following(state, 'down', 'down', 'enter').screens.at(-1)).toMatchObject({ isShown: true });
});
