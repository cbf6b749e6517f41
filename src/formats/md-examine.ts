import { decodeBytes } from './bytes.ts';

/** What one member of a software RAID says of the whole. */
export interface MdMember {
  /** The same on every member of it. */
  readonly uuid: string;
  /** raid1, raid5, …; `container` for firmware RAIDs, whose arrays are described inside. */
  readonly level: string;
  /** How many members it has when it is whole. */
  readonly devices: number;
  /** As its maker called it, without the machine's name: `0`, `root`; undefined where the metadata has no place for it. */
  readonly name?: string;
  /** Counts changes of its state: a member with fewer was left out of it. */
  readonly events?: number;
  /** imsm, ddf, … of a firmware RAID. */
  readonly metadata?: string;
}

/** Parses `mdadm --examine --export` of one device (mdadm(8)); undefined where it is no member. */
export const parseMdExamine = (output: Uint8Array): MdMember | undefined => {
  const lines = decodeBytes(output).split('\n');
  const values = new Map(lines.map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]));
  const uuid = values.get('MD_UUID');
  const level = values.get('MD_LEVEL');
  if (uuid === undefined || !/^[0-9a-f]{8}(:[0-9a-f]{8}){3}$/.test(uuid) || level === undefined) return undefined;
  const name = values.get('MD_NAME')?.replace(/^[^:]*:/, '');
  const events = Number(values.get('MD_EVENTS'));
  const metadata = values.get('MD_METADATA');
  return {
    uuid,
    level,
    devices: Number(values.get('MD_DEVICES') ?? 0),
    ...(name && { name }),
    ...(Number.isFinite(events) && { events }),
    ...(metadata && /^[a-z]+$/.test(metadata) && { metadata }),
  };
};
