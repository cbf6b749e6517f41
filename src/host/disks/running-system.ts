import { stat } from 'node:fs/promises';
import type { Mount } from '../../formats/mountinfo.ts';
import { listLoops } from './loops.ts';

/** Where a running system keeps itself, and where live systems of all kinds mount the medium that they came from. */
const systemMountPoints =
  /^\/($|boot($|\/)|efi($|\/)|usr($|\/)|run\/live\/(medium|persistence)|lib\/live\/mount\/|cdrom$|isodevice$|run\/initramfs\/|run\/archiso\/|run\/miso\/|run\/rootfsbase$|run\/media-boot)/;

/** File systems that a live system has its root in, as a file on its medium. */
const imageTypes = new Set(['squashfs', 'erofs', 'iso9660']);

/**
 * The block devices (major:minor) that the running system stands on, swap aside: those mounted at its root, /boot and
 * the like; for a live system the layers below its root, and the medium that their image files lie on.
 */
export const runningDevices = async (mounts: readonly Mount[]): Promise<ReadonlySet<string>> => {
  const loops = await listLoops();
  const layers = mounts.filter(({ mountPoint }) => mountPoint === '/').flatMap(({ options }) => layersOf(options));
  const todo = mounts.filter(({ mountPoint, type }) => systemMountPoints.test(mountPoint) || imageTypes.has(type));
  todo.push(...layers.flatMap((layer) => mountHolding(layer, mounts) ?? []));

  const devices = new Set<string>();
  for (let mount = todo.pop(); mount !== undefined; mount = todo.pop()) {
    const device = await deviceOf(mount);
    if (device === undefined || devices.has(device)) continue;
    devices.add(device);
    const loop = loops.find((each) => each.device === device);
    const medium = loop && mountHolding(loop.backingFile, mounts);
    if (medium) todo.push(medium);
  }
  return devices;
};

/** The folders that an overlay shows as one (Linux, Documentation/filesystems/overlayfs.rst). */
const layersOf = (options: readonly string[]): readonly string[] =>
  options
    .filter((option) => /^(lowerdir|upperdir)\+?=/.test(option))
    .flatMap((option) => option.slice(option.indexOf('=') + 1).split(':'))
    .filter((path) => path.startsWith('/'));

/** The mount that a path lies on: the one with the longest mount point, and of those the last. */
const mountHolding = (path: string, mounts: readonly Mount[]): Mount | undefined =>
  mounts
    .filter(({ mountPoint }) => mountPoint === '/' || path === mountPoint || path.startsWith(`${mountPoint}/`))
    .reduce<Mount | undefined>(
      (best, mount) => (best && best.mountPoint.length > mount.mountPoint.length ? best : mount),
      undefined,
    );

/** btrfs and others mount under a number of no device (0:…); their source names it. */
export const deviceOf = async ({ device, source }: Mount): Promise<string | undefined> => {
  if (!device.startsWith('0:')) return device;
  if (!source.startsWith('/dev/')) return undefined;
  try {
    const { rdev } = await stat(source);
    return formatDevice(rdev);
  } catch {
    return undefined;
  }
};

/** A device number as major:minor (glibc's gnu_dev_major(3)). */
export const formatDevice = (device: number): string => {
  const number = BigInt(device);
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & 0xfffff000n);
  const minor = (number & 0xffn) | ((number >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
};

/** Whether a folder is the root that we run in ourselves, by whatever name (a bind mount, /proc/1/root). */
export const isRunningRoot = async (path: string): Promise<boolean> => {
  const [folder, root] = await Promise.all([stat(path), stat('/')]);
  return folder.dev === root.dev && folder.ino === root.ino;
};
