import type { Context } from '../engine/context.ts';
import { scan } from '../engine/scan.ts';
import type { Scan } from '../engine/scan-result.ts';
import type { Source } from '../model/storage.ts';
import type { CommonOptions } from './session.ts';

/** What --disk names, as sources. @throws RescueError source-missing, source-unusable */
export const sourcesAsked = ({ storage }: Context, { disk = [] }: CommonOptions): Promise<readonly Source[]> =>
  Promise.all(disk.map((path) => storage.identify(path)));

/** Scans what --disk names, or everything. @throws RescueError source-missing, source-unusable and what scan throws */
export const scanAsked = async (context: Context, options: CommonOptions): Promise<Scan> =>
  await scan(context, await sourcesAsked(context, options));
