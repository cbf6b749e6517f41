/** For tools started by the copying threads, which know nothing of execa: as commands.ts starts all others. */
export const toolEnvironment = {
  PATH: ['/usr/sbin', '/usr/bin', '/sbin', '/bin', process.env.PATH].filter(Boolean).join(':'),
  LC_ALL: 'C',
};
