import type { Context } from '../engine/context.ts';
import { type Scan, scan } from '../engine/scan.ts';
import type { CommonOptions } from './command.ts';

/** Scans what --disk names, or everything. @throws RescueError source-missing, source-unusable and what scan throws */
export const scanAsked = async (context: Context, { disk = [] }: CommonOptions): Promise<Scan> =>
  await scan(context, await Promise.all(disk.map((path) => context.storage.identify(path))));
