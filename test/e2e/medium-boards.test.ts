import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DeviceNode, enabledNodes, readDeviceTree, textsOf } from '../support/device-tree.ts';
import { run } from '../support/tools.ts';

/**
 * What stands in for boards that nobody here has: each file that a board's firmware asks for by name is on the stick, its
 * device tree names the parts that the board has, and the image has a driver for each that Debian has one for.
 */
interface Board {
  readonly name: string;
  /** Also what the kernel then calls the machine. */
  readonly model: string;
  readonly deviceTree: string;
  /** What the boot ROM, or the board's own flash, loads before it reads config.txt. */
  readonly firmware: readonly string[];
  /** Of the chip's own parts: card slot or eMMC, where USB comes from, and the HDMI port. */
  readonly card: string;
  readonly usb: readonly string[];
  readonly hdmi: string;
  /** The whole of the display, whose driver finds the HDMI port. */
  readonly picture: string;
  readonly console: 'ttyS1' | 'ttyAMA0' | 'ttyAMA10';
}

const pi3 = {
  firmware: ['bootcode.bin', 'start.elf', 'fixup.dat'],
  card: 'brcm,bcm2835-sdhost',
  usb: ['brcm,bcm2835-usb'],
  hdmi: 'brcm,bcm2835-hdmi',
  picture: 'brcm,bcm2835-vc4',
  console: 'ttyS1',
} as const;
const pi4 = {
  firmware: ['start4.elf', 'fixup4.dat'],
  card: 'brcm,bcm2711-emmc2',
  usb: ['brcm,bcm2711-pcie'],
  hdmi: 'brcm,bcm2711-hdmi0',
  picture: 'brcm,bcm2711-vc5',
  console: 'ttyS1',
} as const;
const pi5 = {
  firmware: [],
  card: 'brcm,bcm2712-sdhci',
  usb: ['brcm,bcm2712-pcie', 'snps,dwc3'],
  hdmi: 'brcm,bcm2712-hdmi0',
  picture: 'brcm,bcm2712-vc6',
  console: 'ttyAMA10',
} as const;
const onBoard = ['brcm,bcm2835-usb'];

const boards: readonly Board[] = [
  { ...pi3, name: '3 A+', model: 'Raspberry Pi 3 Model A+', deviceTree: 'bcm2837-rpi-3-a-plus' },
  { ...pi3, name: '3 B', model: 'Raspberry Pi 3 Model B', deviceTree: 'bcm2837-rpi-3-b' },
  { ...pi3, name: '3 B+', model: 'Raspberry Pi 3 Model B+', deviceTree: 'bcm2837-rpi-3-b-plus' },
  { ...pi3, name: 'Zero 2 W', model: 'Raspberry Pi Zero 2 W', deviceTree: 'bcm2837-rpi-zero-2-w' },
  {
    ...pi3,
    name: 'CM3',
    model: 'Raspberry Pi Compute Module 3 IO board V3.0',
    deviceTree: 'bcm2837-rpi-cm3-io3',
    console: 'ttyAMA0',
  },
  { ...pi4, name: '4 B', model: 'Raspberry Pi 4 Model B', deviceTree: 'bcm2711-rpi-4-b' },
  { ...pi4, name: '400', model: 'Raspberry Pi 400', deviceTree: 'bcm2711-rpi-400' },
  {
    ...pi4,
    name: 'CM4',
    model: 'Raspberry Pi Compute Module 4 IO Board',
    deviceTree: 'bcm2711-rpi-cm4-io',
    usb: [...onBoard, 'brcm,bcm2711-pcie'],
  },
  {
    ...pi4,
    name: 'CM4S',
    model: 'Raspberry Pi Compute Module 4S',
    deviceTree: 'bcm2711-rpi-cm4s',
    usb: onBoard,
    console: 'ttyAMA0',
  },
  { ...pi5, name: '5', model: 'Raspberry Pi 5', deviceTree: 'bcm2712-rpi-5-b' },
  { ...pi5, name: '500', model: 'Raspberry Pi 500', deviceTree: 'bcm2712-rpi-500' },
  { ...pi5, name: 'CM5', model: 'Raspberry Pi Compute Module 5', deviceTree: 'bcm2712-rpi-cm5-cm5io' },
  { ...pi5, name: 'CM5 Lite', model: 'Raspberry Pi Compute Module 5 Lite', deviceTree: 'bcm2712-rpi-cm5l-cm5io' },
];

/** Debian has drivers for these, and a rescue does without. */
const unneeded =
  /wifi|wireless|-bt$|camera|-isp$|-csi|unicam|-cfe$|-v3d$|-vec$|-i2s$|audio|vchiq|pwm-fan|-spi|gpiomem|fmac|codec|pispbe|i2c-mux/;

const image = resolve(process.env['SPAREKEY_IMAGE'] ?? 'dist/sparekey.img');
const folder = mkdtempSync(join(tmpdir(), 'sparekey-boards-'));
const debian = resolve('.cache/image/unpacked/arm64/kernel');
let kernel = '';

const take = (name: string): string => {
  const path = join(folder, name.replaceAll('/', '-'));
  execFileSync('mcopy', ['-n', '-i', `${image}@@1M`, `::/${name}`, path]);
  return path;
};

/** The modules of the system that a Raspberry Pi runs, taken out of the squashfs in its archive. */
const takeModules = (): void => {
  execFileSync('sh', ['-c', 'cpio -i --quiet system.squashfs <"$1"', 'sh', take('initrd.img')], { cwd: folder });
  run('unsquashfs', ['-q', '-n', '-d', join(folder, 'system'), join(folder, 'system.squashfs'), 'usr/lib/modules']);
  symlinkSync('usr/lib', join(folder, 'system/lib'));
};

beforeAll(() => {
  takeModules();
  kernel = readdirSync(join(folder, 'system/usr/lib/modules'))[0] ?? '';
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const found = new Map<string, readonly string[]>();
/** The modules below a folder that drive such a part, built-in ones included. */
const driversOf = (root: string, compatible: string): readonly string[] => {
  const key = `${root} ${compatible}`;
  const known = found.get(key);
  if (known) return known;
  const alias = `of:NnodeT(null)C${compatible}`;
  const script = 'modprobe -d "$1" -S "$2" -R "$3" 2>/dev/null || true';
  const names = run('sh', ['-c', script, 'sh', root, kernel, alias]).split('\n').filter(Boolean);
  found.set(key, names);
  return names;
};

const allCompatible = (nodes: readonly DeviceNode[]) => new Set(nodes.flatMap((node) => textsOf(node, 'compatible')));

describe.each(boards)('Raspberry Pi $name', (board) => {
  const nodes = () => readDeviceTree(take(`${board.deviceTree}.dtb`));

  test('each file that its firmware asks for is on the stick', () => {
    const names = ['config.txt', 'vmlinuz', 'initrd.img', 'cmdline.txt', ...board.firmware];
    for (const name of names) expect(readFileSync(take(name)).length, name).toBeGreaterThan(0);
  });

  test('its device tree is its own, and names its card slot, USB, HDMI and console', () => {
    const root = nodes()[0];
    expect(root && textsOf(root, 'model')).toEqual([board.model]);
    const present = allCompatible(enabledNodes(nodes()));
    for (const part of [board.card, ...board.usb, board.hdmi]) expect(present).toContain(part);
    const uart = { ttyS1: 'brcm,bcm2835-aux-uart', ttyAMA0: 'arm,pl011', ttyAMA10: 'arm,pl011' }[board.console];
    expect(present).toContain(uart);
  });

  test('the image has drivers for its card slot, USB and HDMI', () => {
    const system = join(folder, 'system');
    for (const part of [board.card, ...board.usb]) expect(driversOf(system, part), part).not.toEqual([]);
    const [picture = ''] = driversOf(system, board.picture);
    const [, file = ''] = /^filename:\s+(.*)$/m.exec(run('modinfo', ['-b', system, '-k', kernel, picture])) ?? [];
    expect(run('sh', ['-c', 'xz --decompress --stdout "$1" | grep -c "$2"', 'sh', file, board.hdmi]).trim()).not.toBe(
      '0',
    );
  });

  test('whatever else it has and Debian has a driver for is driven, except what a rescue does without', () => {
    const missing = [...allCompatible(enabledNodes(nodes()))].filter((part) => {
      const drivers = driversOf(debian, part);
      return drivers.length > 0 && driversOf(join(folder, 'system'), part).length < drivers.length;
    });
    expect(missing.filter((part) => !unneeded.test(part))).toEqual([]);
  });
});

describe('Raspberry Pis with a D0 chip', () => {
  test.each(boards.filter(({ deviceTree }) => deviceTree.startsWith('bcm2712')))(
    '$name: the overlay that the board’s flash applies fits its device tree',
    ({ deviceTree }) => {
      const result = join(folder, 'd0.dtb');
      run('fdtoverlay', ['-i', take(`${deviceTree}.dtb`), '-o', result, take('overlays/bcm2712d0.dtbo')]);
      expect(allCompatible(readDeviceTree(result))).toContain('brcm,bcm2712d0-pinctrl');
    },
  );
});

test('the command line for boards whose console is the first serial port is chosen for them', () => {
  expect(readFileSync(take('cmdline-uart0.txt'), 'utf8')).toMatch(/^console=ttyAMA0,115200 console=tty0 /);
  expect(readFileSync(take('config.txt'), 'utf8')).toMatch(/\[cm4s\]\r?\ncmdline=cmdline-uart0\.txt/);
});
