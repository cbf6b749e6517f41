import type { Landmark } from '../../model/system.ts';

/** Beside the configuration where there is a Supervisor, in it elsewhere (core: components/backup, media_source). */
export const homeAssistantLandmarks: readonly Landmark[] = [
  { name: 'configuration', paths: ['.'] },
  { name: 'backups', paths: ['../backup', 'backups'] },
  { name: 'media', paths: ['../media', 'media'] },
  { name: 'share', paths: ['../share'] },
];
