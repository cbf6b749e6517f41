import type { SystemProfile } from '../../model/system.ts';
import { container } from './container.ts';
import { core } from './core.ts';
import { haos } from './haos.ts';
import { supervised } from './supervised.ts';

export const homeAssistantProfiles: readonly SystemProfile[] = [haos, supervised, container, core];
