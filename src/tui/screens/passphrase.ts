import { Secret } from '../../model/secret.ts';
import { textOf } from '../kit/layout.ts';
import type { PassphraseScreen } from '../state.ts';
import { backFrom, changed, stay } from '../step.ts';
import type { VolumeRef } from '../volume-ref.ts';
import type { ScreenDefinition } from './definition.ts';
import { secretScreen } from './secret-form.ts';

export const passphraseScreen = (volume: VolumeRef): PassphraseScreen => ({
  ...{ name: 'passphrase', volume, typed: new Secret(''), isShown: false, isEmpty: false, chosen: undefined },
});

/** What opens an encrypted volume; it is tried on all that are closed. */
export const passphrase: ScreenDefinition<'passphrase'> = secretScreen<PassphraseScreen>({
  // Longer ones are taken by no prompt (cryptsetup(8)).
  longest: 512,
  typed: (_, screen) => screen.typed,
  withTyped: (state, screen, typed) => changed(state, { ...screen, typed, isEmpty: false }),
  unrejected: (screen) => ({ ...screen, isEmpty: false }),
  words: (state, { volume, isEmpty }) => {
    const { unlock, password } = textOf(state).tui;
    const { title, intro, field, next, empty } = unlock;
    const { show, hide } = password;
    return { title: title(volume.selector), intro, field, next, show, hide, rejected: isEmpty ? empty : undefined };
  },
  // Back to the disks: what comes to light in the volume stands there.
  goOn: (state, screen) => {
    if (screen.typed.reveal() === '') return stay(changed(state, { ...screen, isEmpty: true, chosen: 'field' }));
    return stay(backFrom(backFrom(state)), { kind: 'unlock', passphrase: screen.typed });
  },
  refuse: (state) => stay(state),
});
