import { named } from '../names.ts';

/** A run of an operation that this version does not know. */
export const newerRun = (name: string): string => `“${named(name)}”, by a newer Sparekey`;
