import type { Landmark } from '../../model/system.ts';

/** Where the file system hierarchy (FHS 3.0) puts what people made themselves; offered where it is there. */
export const linuxLandmarks: readonly Landmark[] = [
  { name: 'home-folders', paths: ['/home'] },
  { name: 'root-folder', paths: ['/root'] },
  { name: 'settings', paths: ['/etc'] },
  { name: 'web-sites', paths: ['/var/www'] },
  { name: 'services', paths: ['/srv'] },
  // What a conductor of Juniper's Session Smart Router is rebuilt from: configuration, node identity, and the keys
  // that its routers trust.
  {
    name: 'conductor',
    paths: [
      '/var/lib/128technology/t128-running.json',
      '/var/lib/128technology/user-running.json',
      '/etc/128technology/global.init',
      '/etc/128technology/local.init',
      '/etc/128technology/salt/pki',
      '/srv/salt',
    ],
  },
];
