import { named } from '../names.ts';

/** A run of an operation that this version does not know. */
export const newerRun = (name: string): string => `Opération « ${named(name)} » d’un Sparekey plus récent`;
