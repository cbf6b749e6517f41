import type { SystemProfile } from '../../model/system.ts';
import { alpineDiskless } from './alpine-diskless.ts';
import { ubuntuCore } from './ubuntu-core.ts';
import { unraid } from './unraid.ts';

/** Systems that keep their accounts where no other does. */
export const unusualProfiles: readonly SystemProfile[] = [unraid, ubuntuCore, alpineDiskless];
