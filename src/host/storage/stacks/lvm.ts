import { existsSync } from 'node:fs';
import { decodeBytes } from '../../../formats/bytes.ts';
import { lvmReportFields, parseLvmReport, type VolumeGroup } from '../../../formats/lvm-report.ts';
import { isRescueError, RescueError } from '../../../model/errors.ts';
import { run } from '../../process/commands.ts';
import type { Opened, Piece } from './piece.ts';
import { quoted, type Warden } from './warden.ts';

/** A physical volume, and the device by which lvm is to see it. */
export interface Physical {
  readonly piece: Piece;
  readonly device: string;
}

/** Without /etc/lvm: neither its configuration, nor its lists of devices, nor copies of what was read (lvm(8), LVM_SYSTEM_DIR). */
const env = { LVM_SYSTEM_DIR: '' };

/** lvm does some of its work and fails at some. */
const partly = 5;

/**
 * What lvm is told in place of any configuration (lvm.conf(5)): to see nothing but these devices, to write no metadata,
 * and to leave udev and its own daemons out of it.
 */
const configFor = (devices: readonly string[]): string => {
  // Whatever could mean something in a regular expression is any character in it.
  const accept = devices.map((device) => `"a|^${device.replace(/[^\w/-]/g, '.')}$|"`);
  const filter = `[${[...accept, '"r|.*|"'].join(',')}]`;
  return [
    `devices{scan=["/dev"] obtain_device_list_from_udev=0 external_device_info_source="none" use_devicesfile=0`,
    `hints="none" md_component_detection=0 global_filter=${filter} filter=${filter}}`,
    'global{metadata_read_only=1 use_lvmlockd=0 use_lvmpolld=0 event_activation=0}',
    'backup{backup=0 archive=0}',
    `activation{monitoring=0 udev_sync=0 udev_rules=0 auto_activation_volume_list=[]}`,
  ].join(' ');
};

/** The groups that these devices make up. @throws RescueError tool-missing, tool-failed */
export const readGroups = async (physical: readonly Physical[]): Promise<readonly VolumeGroup[]> => {
  const config = configFor(devicesOf(physical));
  const form = ['--reportformat', 'json', '--units', 'b', '--nosuffix'];
  const args = ['fullreport', '--config', config, ...form, ...lvmReportFields];
  return parseLvmReport(decodeBytes((await run('lvm', args, { env, okCodes: [partly] })).stdout));
};

const devicesOf = (physical: readonly Physical[]) => physical.map(({ device }) => device);

/** The pieces of a group that are there. */
export const piecesOf = (group: VolumeGroup, physical: readonly Physical[]): readonly Piece[] =>
  physical.filter(({ device }) => group.physical.some(({ path }) => path === device)).map(({ piece }) => piece);

/** A group that lacks disks is left alone. @throws RescueError group-incomplete */
export const assertWhole = ({ name, physical }: VolumeGroup): void => {
  const missing = physical.filter(({ path }) => path === undefined);
  if (missing.length === 0) return;
  throw new RescueError('group-incomplete', {
    group: name,
    missing: missing.map(({ path: _, ...disk }) => disk),
  });
};

/**
 * Opens all volumes of a group.
 * @throws RescueError group-in-use where somebody else has it open, tool-missing, tool-failed
 */
export const openGroup = async (warden: Warden, group: VolumeGroup, physical: readonly Physical[]): Promise<Opened> => {
  const { uuid, name, sizeBytes, logical } = group;
  // The kernel knows its volumes by the group's own number: what is open through other devices would be taken for ours.
  if (await isOpenElsewhere(uuid)) throw new RescueError('group-in-use', { group: name });
  const config = configFor(devicesOf(physical));
  const select = ['--config', config, '--select', `vg_uuid=${uuid}`];
  await warden.before(undoGroup(uuid, ['vgchange', '--activate', 'n', ...select]));
  const how = ['--activate', 'y', '--ignoreactivationskip', '--ignoremonitoring', '--poll', 'n'];
  const failure = await run('lvm', ['vgchange', ...how, ...select], { env }).then(() => undefined, asFailure);
  const parts = logical
    .map((volume) => ({ ...volume, path: `/dev/mapper/${volume.mapperName}` }))
    .filter(({ path }) => existsSync(path))
    .map((volume) => ({
      ...{ path: volume.path, selector: `${name}/${volume.name}`, identity: volume.uuid },
      ...(volume.snapshotOf && { snapshotOf: `${name}/${volume.snapshotOf}` }),
      sizeBytes: volume.sizeBytes,
      mayHoldPartitions: false,
    }));
  if (parts.length === 0 && failure) throw failure;
  const pieces = piecesOf(group, physical);
  return { name, path: `/dev/${name}`, kind: 'lvm', identity: uuid, sizeBytes, pieces, parts };
};

const asFailure = (error: unknown): RescueError => {
  if (!isRescueError(error)) throw error;
  return error;
};

const isOpenElsewhere = async (uuid: string): Promise<boolean> => {
  const { stdout } = await run('dmsetup', ['info', '--columns', '--noheadings', '--options', 'uuid']);
  return decodeBytes(stdout).includes(mappingPrefix(uuid));
};

/** How lvm calls its mappings (lvm2, lib/activate/dev_manager.c). */
const mappingPrefix = (uuid: string): string => `LVM-${uuid.replaceAll('-', '')}`;

/** What lvm does not find any more, because a disk was pulled, is taken down by its names. */
const undoGroup = (uuid: string, args: readonly string[]): string => {
  const left = `dmsetup info --columns --noheadings --separator ' ' --options name,uuid | sed -n 's/ ${mappingPrefix(uuid)}.*//p'`;
  return [
    `LVM_SYSTEM_DIR= lvm ${args.map(quoted).join(' ')}`,
    `left=$(${left})`,
    'for name in $left; do dmsetup remove "$name"; done',
    '[ -z "$left" ]',
  ].join('; ');
};
