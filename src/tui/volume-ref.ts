import type { DeviceId } from '../model/storage.ts';

/** Names a volume for good: another one that gets the same kernel name later is not taken for it. */
export interface VolumeRef {
  readonly id: DeviceId;
  readonly selector: string;
}
