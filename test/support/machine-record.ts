/** A disk of the machine. Writes go to the file, unless it is a snapshot, whose writes are forgotten at power-off. */
export interface Disk {
  readonly path: string;
  readonly bus: 'usb' | 'sata' | 'virtio' | 'sd';
  readonly isSnapshot?: boolean;
  /** The lock switch of a card. */
  readonly isReadOnly?: boolean;
}

/** One machine in a record; `kernel` is for boards whose boot ROM QEMU does not have. */
export interface MachineRecord {
  readonly model: 'q35' | 'pc' | 'virt' | 'raspi3b' | 'raspi4b';
  readonly firmware: 'bios' | 'uefi' | 'secure-boot' | 'none';
  readonly memoryMebibytes: number;
  readonly hasScreen: boolean;
  /** A network card, in a network of its own that gives out addresses and leads nowhere. */
  readonly hasNetwork?: boolean;
  /** The first one is booted from. */
  readonly disks: readonly Disk[];
  /** Further devices, in QEMU's own words. */
  readonly more?: readonly string[];
  readonly kernel?: {
    readonly image: string;
    readonly initramfs: string;
    readonly deviceTree: string;
    readonly commandLine: string;
  };
}
