import type { Backup } from '../../../engine/recovery/backups.ts';
import { parseBackupKeyFile } from '../../../formats/backup-key-file.ts';
import { encodeBytes } from '../../../formats/bytes.ts';
import { Secret } from '../../../model/secret.ts';
import { textOf } from '../../kit/layout.ts';
import type { BackupKeyScreen } from '../../recovery/state.ts';
import { changed, stay } from '../../step.ts';
import type { VolumeRef } from '../../volume-ref.ts';
import type { ScreenDefinition } from '../definition.ts';
import { secretScreen } from '../secret-form.ts';
import { askWhere } from './marking.ts';

/** @param isRejected the one that was tried did not open them */
export const backupKeyScreen = (
  volume: VolumeRef,
  backups: readonly Backup[],
  isRejected: boolean,
): BackupKeyScreen => ({
  name: 'backup-key',
  volume,
  backups,
  isShown: isRejected,
  rejection: undefined,
  chosen: undefined,
});

/** A key of backups, typed from the emergency kit. */
export const backupKey: ScreenDefinition<'backup-key'> = secretScreen<BackupKeyScreen>({
  longest: 500,
  typed: ({ typed }) => typed.key,
  withTyped: (state, screen, key) => ({
    ...changed(state, { ...screen, rejection: undefined }),
    typed: { ...state.typed, key },
  }),
  unrejected: (screen) => ({ ...screen, rejection: undefined }),
  words: (state, { rejection }) => {
    const {
      keyTitle: title,
      keyIntro: intro,
      key: field,
      next,
      show,
      hide,
      rejected,
    } = textOf(state).tui.recovery.backups;
    return { title, intro, field, next, show, hide, rejected: rejection && rejected[rejection] };
  },
  goOn: (state, screen) => {
    const key = state.typed.key.reveal().trim();
    if (key === '') return stay(changed(state, { ...screen, rejection: 'empty', chosen: 'field' }));
    const { volume, backups } = screen;
    // Typed from paper, its letters may be small ones.
    const keys = parseBackupKeyFile(encodeBytes(key)).map((each) => new Secret(each));
    return askWhere(changed(state, screen), { kind: 'backups', volume, backups, keys });
  },
  refuse: (state, screen) => stay(changed(state, { ...screen, rejection: 'not-a-line' })),
});
