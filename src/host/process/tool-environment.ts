import { isAbsolute } from 'node:path';

/**
 * What a tool gets of our environment: messages in English, no options smuggled in, no secrets handed on. The system's
 * own tools come first; sbin is missing from an ordinary user's (or su's) PATH. A folder that is named from where we
 * stand, such as `.`, may be anybody's.
 */
export const toolEnvironment = {
  PATH: [
    ...['/usr/sbin', '/usr/bin', '/sbin', '/bin'],
    ...(process.env.PATH ?? '').split(':').filter((folder) => isAbsolute(folder)),
  ].join(':'),
  LC_ALL: 'C',
} as const;
