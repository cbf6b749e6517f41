import { password } from '../inputs/password.ts';
import { publicKey } from '../inputs/public-key.ts';
import type { Area, Content } from '../kit/layout.ts';
import type { Key } from '../messages.ts';
import type { Screen, ScreenName, State } from '../state.ts';
import { type Step, stay } from '../step.ts';
import { accounts } from './accounts.ts';
import { applying } from './applying.ts';
import type { ScreenDefinition } from './definition.ts';
import { disks } from './disks.ts';
import { journals } from './journals.ts';
import { leave, leaving } from './leave.ts';
import { passphrase } from './passphrase.ts';
import { plan } from './plan.ts';
import { planning, question } from './planning.ts';
import { backupKey } from './recovery/backup-key.ts';
import { backups } from './recovery/backups.ts';
import { copied } from './recovery/copied.ts';
import { copy } from './recovery/copy.ts';
import { copying } from './recovery/copying.ts';
import { destinations, typedFolder } from './recovery/destinations.ts';
import { folder } from './recovery/folder.ts';
import { following, landmarks } from './recovery/landmarks.ts';
import { result } from './result.ts';
import { keyboard, language } from './settings.ts';
import { crash, refusal } from './trouble.ts';
import { volume } from './volume.ts';

/** Every screen; one without a definition does not compile. */
const definitions: { readonly [N in ScreenName]: ScreenDefinition<N> } = {
  disks,
  volume,
  landmarks,
  folder,
  following,
  backups,
  'backup-key': backupKey,
  destinations,
  'typed-folder': typedFolder,
  copy,
  copying,
  copied,
  accounts,
  password,
  key: publicKey,
  passphrase,
  journals,
  planning,
  question,
  plan,
  applying,
  result,
  refusal,
  crash,
  language,
  keyboard,
  leave,
  leaving,
};

/** A screen and its definition share their name; TypeScript cannot follow that through an index, hence the widening. */
const definitionOf = ({ name }: Screen): ScreenDefinition<never> =>
  definitions[name] as unknown as ScreenDefinition<never>;

export const contentOf = (state: State, screen: Screen, area: Area): Content =>
  definitionOf(screen).content(state, screen as never, area);

export const reactToKey = (state: State, screen: Screen, key: Key, area: Area): Step =>
  definitionOf(screen).onKey(state, screen as never, key, area);

export const reactToText = (state: State, screen: Screen, text: string): Step =>
  definitionOf(screen).onText?.(state, screen as never, text) ?? stay(state);

export const isBusy = (screen: Screen): boolean => definitionOf(screen).isBusy === true;
