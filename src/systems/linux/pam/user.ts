import { classifyPasswordField } from '../../../formats/password-field.ts';
import type { AccountFiles, Credential } from '../account-files.ts';
import { ageingOf, isExpired, type Today } from '../days.ts';
import type { PamUser } from './login.ts';

/** An account as modules see it. @param isLockedOut by failed logins that outlive a restart */
export const pamUserOf = (
  { groups }: AccountFiles,
  { passwd, shadow, isInPasswd, field }: Credential,
  today: Today,
  isLockedOut: boolean,
): PamUser => ({
  passwd,
  groups: groups.filter((group) => group.gid === passwd.gid || group.members.includes(passwd.name)),
  password: classifyPasswordField(field),
  hasLine: isInPasswd || shadow !== undefined,
  age: shadow === undefined ? 'fine' : isExpired(shadow, today) ? 'expired' : ageingOf(shadow, today),
  isLockedOut,
});
