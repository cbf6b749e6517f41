import type { AccountNote } from '../../model/account.ts';
import type { ScanWords } from '../text.ts';

export const accountNotes: Readonly<Record<AccountNote, string>> = {
  locked: 'locked',
  expired: 'account expired',
  'password-expired': 'password expired',
  'no-login-shell': 'no login shell',
  'key-only': 'SSH key only',
  'no-password': 'no password needed',
  'duplicate-name': 'name stands twice',
  'hash-in-passwd': 'hash in /etc/passwd',
  inactive: 'deactivated',
  'local-only': 'local network only',
  'two-factor': 'two-factor',
  'other-person': 'logs in as another person',
  unlinked: 'not linked to a person',
};

export const scan: ScanWords = {
  disk: 'Disk',
  part: 'Volume',
  size: 'Size',
  filesystem: 'Type',
  label: 'Label',
  content: 'What is on it',
  runningSystem: 'the running system: not touched',
  rescueMedium: 'this rescue stick',
  mounted: 'mounted',
  raidMember: 'one disk of a RAID: not written',
  hibernated: 'asleep (hibernated)',
  noDisks: 'No disks were found.',
  noSystems: 'No installed system was recognised.',
  accountsOf: (system) => `Accounts of ${system}`,
  noAccounts: 'no account that can log in',
  owner: 'owner',
  administrator: 'administrator',
  state: { dirty: 'not shut down cleanly', errors: 'needs checking' },
  logins: { password: 'password', key: 'SSH key', nothing: 'no way in', anyone: 'open to anyone' },
  accountNotes,
};
