import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packCpio } from '../../scripts/image/cpio.ts';
import { Machine } from './machine.ts';
import { run, withFolderAsync } from './tools.ts';

const image = resolve(process.env['SPAREKEY_IMAGE'] ?? 'dist/sparekey.img');
/** Another binary than the image's own, for a quick trial. */
const binary = process.env['SPAREKEY_BINARY'];
const firstPartition = '@@1M';

/** Everything is there: disks, their names, drivers; a damaged disk stops nothing, as on the image itself (its init). */
const prelude = `
export PATH=/usr/sbin:/usr/bin HOME=/root
/usr/bin/mount --make-rshared /
for switch in panic_on_oops panic_on_warn hung_task_panic softlockup_panic hardlockup_panic; do
  [ ! -e /proc/sys/kernel/$switch ] || echo 0 >/proc/sys/kernel/$switch
done
mkdir -p /dev/pts /dev/shm
mount -t tmpfs tmpfs /dev/shm; mount -t tmpfs tmpfs /tmp
/usr/lib/systemd/systemd-udevd --daemon; udevadm trigger --action=add; udevadm settle
if [ -n "$BINARY" ]; then
  mkdir -p /run/binary; /usr/bin/mount -t squashfs -o ro,loop "$BINARY" /run/binary
  mount --bind /run/binary/sparekey /usr/bin/sparekey
fi
dmesg -n 1
`;

const letterOf = (index: number): string => String.fromCharCode('a'.charCodeAt(0) + index);

/** The node of the n-th disk of a guest. */
export const diskNode = (index: number): string => `/dev/vd${letterOf(index)}`;

/**
 * Starts our image's kernel and system on an emulated PC, with a script in the place of its consoles: no keyboard, no
 * firmware, no stick. Fails where the script does not come to its end.
 * @param disks images that become ${diskNode(0)} and so on; what is written to them stays
 * @returns all that the script printed
 */
export const runGuest = (script: string, disks: readonly string[], patienceMs = 900_000): Promise<string> =>
  withFolderAsync(async (folder) => {
    if (!existsSync(image)) throw new Error(`${image} is not there: run "make image" first.`);
    for (const name of ['vmlinuz', 'initrd.img'])
      run('mcopy', ['-i', `${image}${firstPartition}`, `::boot/amd64/${name}`, join(folder, name)]);
    const own = binary === undefined ? [] : [packBinary(folder, binary)];
    const all = [...disks, ...own];
    const node = own.length > 0 ? diskNode(all.length - 1) : '';
    const initramfs = join(folder, 'initramfs');
    writeFileSync(
      initramfs,
      Buffer.concat([padded(readFileSync(join(folder, 'initrd.img'))), await packStart(script, node)]),
    );
    await using machine = await Machine.start({
      model: 'q35',
      firmware: 'none',
      memoryMebibytes: 1536,
      hasScreen: false,
      disks: [],
      more: [
        ...['-kernel', join(folder, 'vmlinuz'), '-initrd', initramfs],
        ...['-append', 'console=ttyS0 panic=-1 nowatchdog nosoftlockup'],
        ...all.flatMap(driveOf),
      ],
    });
    await machine.waitFor(/TRIAL-BEGINS\r?\n/, patienceMs);
    const said = await machine.waitFor(/[\s\S]*?TRIAL-ENDED/, patienceMs);
    await machine.end(60_000);
    return said.replaceAll('\r', '').replace(/TRIAL-ENDED$/, '');
  });

/** Not as disks that the firmware boots from, of which a kernel that is given beforehand would be one too many. */
const driveOf = (path: string, index: number): readonly string[] => [
  ...['-drive', `if=none,id=disk${index},format=raw,file=${path}`],
  ...['-device', `virtio-blk-pci,drive=disk${index}`],
];

const packBinary = (folder: string, path: string): string => {
  const packed = join(folder, 'binary.squashfs');
  run('sh', [
    '-c',
    'mkdir "$1/b" && cp "$2" "$1/b/sparekey" && mksquashfs "$1/b" "$3" -comp lz4 -quiet',
    'sh',
    folder,
    path,
    packed,
  ]);
  return packed;
};

/** Archives follow one another at multiples of four (buffer-format.rst). */
const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);

/** The image's own first stage, but that it hands over to the script. */
const packStart = async (script: string, binaryNode: string): Promise<Buffer> => {
  const init = readFileSync('image/initramfs/init', 'utf8');
  const handOver = 'exec switch_root /root /usr/lib/sparekey/init';
  if (!init.includes(handOver)) throw new Error('image/initramfs/init hands over in another way');
  const start = `BINARY=${binaryNode}\n${prelude}\necho TRIAL-BEGINS\n/usr/bin/dash /trial </dev/null 2>&1\necho TRIAL-ENDED\npoweroff -f\n`;
  const file = (text: string) => ({ kind: 'file', source: Buffer.from(text), isExecutable: true }) as const;
  const tree = new Map([
    [
      'init',
      file(init.replace(handOver, 'cp /start /trial /root/\nexec switch_root /root /usr/bin/busybox sh /start')),
    ],
    ['start', file(start)],
    ['trial', file(script)],
  ]);
  return gzipSync(await packCpio(tree, 0));
};
