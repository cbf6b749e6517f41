import type { Context } from '../engine/context.ts';
import { isSelected } from '../engine/select.ts';
import { VolumeKey } from '../model/secret.ts';
import type { InputTools } from './inputs/input.ts';
import type { Job } from './job.ts';

/** Gives what a job opens encrypted volumes with to whoever opens them. @throws RescueError key-file */
export const addKeysOf = async (
  { open }: Job,
  { storage }: Context,
  readBeside: InputTools['readBeside'],
): Promise<void> => {
  for (const { key, on } of open) {
    const known = key instanceof VolumeKey ? key : VolumeKey.of(await readBeside(key.fileName));
    storage.addKeys([known], on === undefined ? undefined : (volume) => isSelected(volume, on));
  }
};
