import { readFile } from 'node:fs/promises';
import { run } from './command.ts';

/** A disk as lsblk describes it, with everything that lies on it. */
export interface TargetDisk {
  readonly path: string;
  readonly model: string;
  readonly sizeBytes: number;
  readonly isRemovable: boolean;
  readonly isReadOnly: boolean;
  /** Whole disks only: a partition has no place for a boot loader. */
  readonly type: string;
  readonly parts: readonly TargetPart[];
}

export interface TargetPart {
  readonly path: string;
  readonly filesystem: string;
  readonly label: string;
  readonly sizeBytes: number;
  /** Where it is mounted; `[SWAP]` when memory is swapped to it. */
  readonly mountPoints: readonly string[];
}

interface LsblkNode {
  readonly path: string;
  readonly type: string;
  readonly model: string | null;
  readonly size: number;
  readonly rm: boolean;
  readonly hotplug: boolean;
  readonly ro: boolean;
  readonly fstype: string | null;
  readonly label: string | null;
  readonly mountpoints: readonly (string | null)[];
  readonly children?: readonly LsblkNode[];
}

/** Looks at a disk; nothing is written. */
export async function inspectTarget(path: string): Promise<TargetDisk> {
  const columns = 'PATH,TYPE,MODEL,SIZE,RM,HOTPLUG,RO,FSTYPE,LABEL,MOUNTPOINTS';
  const output = await run('lsblk', ['--json', '--bytes', '--output', columns, path]);
  return parseTarget(output, await readFile('/proc/swaps', 'utf8').catch(() => ''));
}

/** Reads what lsblk printed for one disk. */
export function parseTarget(output: string, swaps: string): TargetDisk {
  const node: LsblkNode = JSON.parse(output).blockdevices[0];
  const parts = flatten(node).map((each) => ({
    path: each.path,
    filesystem: each.fstype ?? '',
    label: each.label ?? '',
    sizeBytes: each.size,
    mountPoints: [
      ...each.mountpoints.filter((point) => point !== null),
      ...(swaps.includes(`${each.path} `) && !each.mountpoints.includes('[SWAP]') ? ['[SWAP]'] : []),
    ],
  }));
  return {
    path: node.path,
    model: node.model?.trim() ?? '',
    sizeBytes: node.size,
    isRemovable: node.rm || node.hotplug,
    isReadOnly: node.ro,
    type: node.type,
    parts,
  };
}

function flatten(node: LsblkNode): readonly LsblkNode[] {
  return [node, ...(node.children ?? []).flatMap(flatten)];
}

/** Folders that only a running system's own disk is mounted on. */
const systemFolders = ['/', '/boot', '/boot/efi', '/boot/firmware', '/usr', '/var', '/home', '[SWAP]'];

/** Why this disk must not be written to, or nothing. `allowsFixed` is the person's explicit word for a built-in disk. */
export function refuseTarget(disk: TargetDisk, imageBytes: number, allowsFixed: boolean): string | undefined {
  if (disk.type !== 'disk') return `${disk.path} is not a whole disk but a ${disk.type}.`;
  const mounts = disk.parts.flatMap((part) => part.mountPoints);
  if (mounts.some((point) => systemFolders.includes(point))) return `This system runs from ${disk.path}.`;
  if (mounts.length > 0) return `It is mounted (${mounts.join(', ')}). Unmount it first.`;
  if (disk.isReadOnly) return `${disk.path} is write-protected.`;
  if (disk.sizeBytes < imageBytes) return `${disk.path} holds ${disk.sizeBytes} bytes, the image needs ${imageBytes}.`;
  if (!disk.isRemovable && !allowsFixed) {
    return `${disk.path} is a built-in disk, not a stick or card. If it is meant: make flash DEVICE=${disk.path} FIXED_DISK=yes`;
  }
  return undefined;
}
