import type { SystemProfile } from '../model/system.ts';
import { homeAssistantProfiles } from './home-assistant/profiles.ts';
import { juniperSsr } from './linux/juniper-ssr.ts';
import { linuxProfiles } from './linux/profiles.ts';
import { unusualProfiles } from './unusual/profiles.ts';

/** Every kind of system that Sparekey knows. Adding one is a folder here and a line below. */
export const profiles: readonly SystemProfile[] = [
  ...homeAssistantProfiles,
  ...unusualProfiles,
  juniperSsr,
  ...linuxProfiles,
];
