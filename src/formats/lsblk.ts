/** A block device and what stands on it, as `lsblk --json --bytes` shows it. */
export interface BlockDevice {
  /** Kernel name: sdb2, nvme0n1p1, dm-0. */
  readonly name: string;
  readonly path: string;
  /** disk, part, loop, rom, lvm, crypt, raid1, … */
  readonly type: string;
  readonly sizeBytes: number;
  /** major:minor */
  readonly device: string;
  readonly isReadOnly: boolean;
  readonly isRemovable: boolean;
  readonly transport?: string;
  readonly model?: string;
  readonly serial?: string;
  readonly wwn?: string;
  readonly tableType?: string;
  readonly tableUuid?: string;
  readonly partUuid?: string;
  readonly partLabel?: string;
  readonly filesystemType?: string;
  readonly label?: string;
  readonly uuid?: string;
  /** Swap space in use; lsblk shows it as a mount point. */
  readonly isSwappedOn: boolean;
  readonly children: readonly BlockDevice[];
}

/** Columns that the kernel answers. */
export const lsblkKernelColumns = 'NAME,KNAME,PATH,TYPE,SIZE,MAJ:MIN,RO,RM,TRAN,MODEL,SERIAL,WWN,MOUNTPOINT';

/** The columns that parseLsblk knows, for lsblk's --output; all of them are in util-linux 2.33 already. */
export const lsblkColumns = `${lsblkKernelColumns},PTTYPE,PTUUID,PARTUUID,PARTLABEL,FSTYPE,LABEL,UUID`;

type Raw = Readonly<Record<string, unknown>>;

/** Parses `lsblk --json --bytes --output <lsblkColumns>` (lsblk(8)). @throws SyntaxError where it is no JSON */
export const parseLsblk = (json: string): readonly BlockDevice[] => devicesIn(JSON.parse(json)?.blockdevices);

const devicesIn = (list: unknown): readonly BlockDevice[] => (Array.isArray(list) ? list : []).map(parseDevice);

const parseDevice = (raw: Raw): BlockDevice => ({
  name: text(raw.kname) ?? text(raw.name) ?? '',
  path: text(raw.path) ?? '',
  type: text(raw.type) ?? '',
  sizeBytes: Number(raw.size ?? 0),
  device: text(raw['maj:min']) ?? '',
  isReadOnly: isSet(raw.ro),
  isRemovable: isSet(raw.rm),
  ...optional('transport', text(raw.tran)),
  ...optional('model', text(raw.model)),
  ...optional('serial', text(raw.serial)),
  ...optional('wwn', text(raw.wwn)),
  ...optional('tableType', text(raw.pttype)),
  ...optional('tableUuid', text(raw.ptuuid)),
  ...optional('partUuid', text(raw.partuuid)),
  ...optional('partLabel', text(raw.partlabel)),
  ...optional('filesystemType', text(raw.fstype)),
  ...optional('label', text(raw.label)),
  ...optional('uuid', text(raw.uuid)),
  isSwappedOn: text(raw.mountpoint) === '[SWAP]',
  children: devicesIn(raw.children),
});

/** Columns are padded with blanks by some versions. */
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/** Booleans are "0" and "1" before util-linux 2.33. */
const isSet = (value: unknown): boolean => value === true || value === 1 || value === '1';

const optional = <K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string };

/** The device and everything on it, outermost first. */
export const flattenDevice = (device: BlockDevice): readonly BlockDevice[] => [
  device,
  ...device.children.flatMap(flattenDevice),
];

/** A device that stands on more than one disk: an assembled RAID, a volume group across disks, a disk with two cables. */
export interface SharedDevice {
  readonly device: BlockDevice;
  /** Paths of the disks below it. */
  readonly standsOn: readonly string[];
}

/** The lowest of such devices; what stands on one of them alone belongs to it. */
export const sharedDevices = (disks: readonly BlockDevice[]): readonly SharedDevice[] => {
  const standsOn = new Map<string, Set<string>>();
  for (const disk of disks) {
    for (const { device } of flattenDevice(disk))
      standsOn.set(device, (standsOn.get(device) ?? new Set()).add(disk.path));
  }
  const shared = new Map<string, SharedDevice>();
  const visit = (device: BlockDevice): void => {
    const paths = standsOn.get(device.device) ?? new Set();
    if (paths.size > 1) shared.set(device.device, { device, standsOn: [...paths] });
    else device.children.forEach(visit);
  };
  disks.forEach(visit);
  return [...shared.values()];
};
