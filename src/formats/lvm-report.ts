/** A logical volume that a person may want to look into. */
export interface LogicalVolume {
  readonly uuid: string;
  readonly name: string;
  /** Its name below /dev/mapper. */
  readonly mapperName: string;
  readonly sizeBytes: number;
  /** The volume that it is an older state of. */
  readonly snapshotOf?: string;
}

/** A physical volume that a group has, or had. */
export interface PhysicalVolume {
  readonly uuid: string;
  /** Its device; undefined where it is missing. */
  readonly path?: string;
  /** Where a missing one was when the group was last written. */
  readonly hint?: string;
  readonly sizeBytes: number;
}

/** A volume group (lvm(8)). */
export interface VolumeGroup {
  readonly uuid: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly physical: readonly PhysicalVolume[];
  readonly logical: readonly LogicalVolume[];
}

type Row = Readonly<Record<string, string | undefined>>;

/** lvm's own form of a UUID (lib/uuid/uuid.c): 32 letters and digits in groups. */
const isUuid = (text: string): boolean => /^[A-Za-z0-9]{6}(-[A-Za-z0-9]{4}){5}-[A-Za-z0-9]{6}$/.test(text);

/** The sections and fields that parseLvmReport needs, for `lvm fullreport`. */
export const lvmReportFields = [
  ...['--configreport', 'vg', '--options', 'vg_uuid,vg_name,vg_size'],
  ...['--configreport', 'pv', '--options', 'pv_uuid,pv_name,pv_size,pv_missing'],
  ...['--configreport', 'lv', '--options', 'lv_uuid,lv_name,lv_dm_path,lv_size,lv_layout,lv_role,origin'],
  ...['--configreport', 'pvseg', '--options', 'pv_uuid', '--configreport', 'seg', '--options', 'lv_uuid'],
];

/**
 * Parses `lvm fullreport --reportformat json --units b --nosuffix` with lvmReportFields (lvmreport(7)). Pools and other
 * inner volumes are left out, and so is what belongs to no group.
 * @throws SyntaxError where it is no JSON
 */
export const parseLvmReport = (json: string): readonly VolumeGroup[] => {
  const { report: reports, log } = JSON.parse(json) ?? {};
  const hints = hintsIn(listOf(log));
  return listOf(reports).flatMap((report) => {
    const [group] = rowsOf(report, 'vg');
    const uuid = group?.['vg_uuid'] ?? '';
    const name = group?.['vg_name'] ?? '';
    if (!isUuid(uuid) || name === '') return [];
    const physical = unique(rowsOf(report, 'pv').map((row) => physicalOf(row, hints)));
    const logical = rowsOf(report, 'lv').flatMap((row) => logicalOf(row));
    return [{ uuid, name, sizeBytes: Number(group?.['vg_size'] ?? 0), physical, logical }];
  });
};

/** "VG pair is missing PV UUID (last written to /dev/vdd)." */
const hintsIn = (log: readonly Readonly<Record<string, unknown>>[]): ReadonlyMap<string, string> =>
  new Map(
    log.flatMap(({ log_message: message }) => {
      const [, uuid, path] = /missing PV (\S+) \(last written to (\/dev\/[^)]+)\)/.exec(String(message)) ?? [];
      return uuid !== undefined && path !== undefined ? [[uuid, path] as const] : [];
    }),
  );

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] => (Array.isArray(value) ? value : []);

const rowsOf = (report: Readonly<Record<string, unknown>>, section: string): readonly Row[] =>
  listOf(report[section]) as readonly Row[];

const physicalOf = (row: Row, hints: ReadonlyMap<string, string>): PhysicalVolume => {
  const { pv_name: path = '', pv_uuid: uuid = '' } = row;
  const hint = hints.get(uuid);
  return {
    uuid,
    ...(hint !== undefined && { hint }),
    ...(row['pv_missing'] !== 'missing' && path.startsWith('/') && { path }),
    sizeBytes: Number(row['pv_size'] ?? 0),
  };
};

const unique = (all: readonly PhysicalVolume[]): readonly PhysicalVolume[] => [
  ...new Map(all.map((each) => [each.uuid, each])).values(),
];

const logicalOf = (row: Row): readonly LogicalVolume[] => {
  const { lv_uuid: uuid = '', lv_name: name = '', lv_dm_path: path = '', lv_layout: layout = '', origin } = row;
  const isInner = /\b(pool)\b/.test(layout) || /\bprivate\b/.test(row['lv_role'] ?? '');
  if (isInner || !isUuid(uuid) || !path.startsWith('/dev/mapper/')) return [];
  const mapperName = path.slice('/dev/mapper/'.length);
  const isSnapshot = /\bsnapshot\b|\bthinsnapshot\b/.test(row['lv_role'] ?? '');
  return [
    {
      uuid,
      name,
      mapperName,
      sizeBytes: Number(row['lv_size'] ?? 0),
      ...(isSnapshot && origin && { snapshotOf: origin }),
    },
  ];
};
