import { decodeBytes, encodeBytes } from '../../../formats/bytes.ts';
import type { AmendingEdit } from '../../../model/edit.ts';
import type { Cure } from '../../../model/finding.ts';
import type { PamReason } from '../pam/reasons.ts';

/** Names that mean themselves in access.conf and in lists. */
const plainName = /^[\w][\w.-]*$/;

/** What lets one account past a rule of a module, and changes nothing for anybody else. */
export const ruleCure = (reason: PamReason, user: string): Cure | undefined => {
  if (!plainName.test(user)) return undefined;
  const edit = editFor(reason, user);
  return edit && { edits: [edit], isOwnLock: true };
};

const editFor = (reason: PamReason, user: string): AmendingEdit | undefined => {
  switch (reason.kind) {
    case 'access': {
      // The first rule that fits counts, so it stands in front of all others.
      const rule = `+:${user}:ALL`;
      const amend = (content: Uint8Array) => {
        const text = decodeBytes(content);
        return text.startsWith(`${rule}\n`) ? content : encodeBytes(`${rule}\n${text}`);
      };
      return { kind: 'amend', path: reason.path, amend, effects: [{ kind: 'allow-access', user }] };
    }
    case 'list': {
      if (!reason.ofUsers) return undefined;
      const isListed = reason.line !== undefined;
      const amend = (content: Uint8Array) => (isListed ? withoutLine(content, user) : withLine(content, user));
      const effects = isListed
        ? ([{ kind: 'leave-list', user, list: reason.path }] as const)
        : ([{ kind: 'join-list', user, list: reason.path }] as const);
      return { kind: 'amend', path: reason.path, amend, effects };
    }
    case 'securetty': {
      const { tty, path } = reason;
      const effects = [{ kind: 'allow-terminal', terminal: tty }] as const;
      return { kind: 'amend', path, amend: (content) => withLine(content, tty), effects };
    }
    default:
      return undefined;
  }
};

const withLine = (content: Uint8Array, line: string): Uint8Array => {
  const text = decodeBytes(content);
  if (text.split('\n').includes(line)) return content;
  return encodeBytes(`${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`);
};

const withoutLine = (content: Uint8Array, line: string): Uint8Array => {
  const lines = decodeBytes(content).split('\n');
  const kept = lines.filter((each) => each.replace(/\r$/, '') !== line);
  return kept.length === lines.length ? content : encodeBytes(kept.join('\n'));
};
