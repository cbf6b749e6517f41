import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Machine } from '../support/machine.ts';
import { run, withFolderAsync } from '../support/tools.ts';
import { finish, jobOf, machineWith, patienceMs, reportOf, step } from './job.ts';
import { Stick } from './stick.ts';

/** A disk behind a controller, in QEMU's words; `#` stands for the disk. */
const controllers: Readonly<Record<string, readonly string[]>> = {
  nvme: ['nvme,serial=NVME1,drive=#'],
  'usb-uas': ['usb-uas,id=uas,bus=usb.0', 'scsi-hd,bus=uas.0,drive=#'],
  'usb-storage': ['usb-storage,bus=usb.0,drive=#'],
  'usb-2': ['usb-ehci,id=ehci', 'usb-storage,bus=ehci.0,drive=#'],
  ahci: ['ahci,id=ahci', 'ide-hd,bus=ahci.0,drive=#'],
  piix: ['piix4-ide,id=piix', 'ide-hd,bus=piix.0,drive=#'],
  'virtio-blk': ['virtio-blk-pci,drive=#'],
  'virtio-scsi': ['virtio-scsi-pci,id=virtio', 'scsi-hd,bus=virtio.0,drive=#'],
  'sd-card': ['sdhci-pci,id=sdhci', 'sd-card,bus=sd-bus,drive=#'],
  megasas: ['megasas,id=megasas', 'scsi-hd,bus=megasas.0,drive=#'],
  'megasas-2': ['megasas-gen2,id=megasas2', 'scsi-hd,bus=megasas2.0,drive=#'],
  mptsas: ['mptsas1068,id=mptsas', 'scsi-hd,bus=mptsas.0,wwn=0x5000c50015ea71ac,drive=#'],
  lsi: ['lsi53c895a,id=lsi', 'scsi-hd,bus=lsi.0,drive=#'],
  am53c974: ['am53c974,id=am53c974', 'scsi-hd,bus=am53c974.0,drive=#'],
  pvscsi: ['pvscsi,id=pvscsi', 'scsi-hd,bus=pvscsi.0,drive=#'],
};

test('a machine with every controller that QEMU has: a disk behind each is found', async () => {
  await withFolderAsync(async (folder) => {
    const stick = new Stick(folder);
    stick.write('sparekey.yaml', jobOf(step('LABEL=not-there', 'bob'), 'wait: 60\nthen: poweroff\n'));
    const more = Object.entries(controllers).flatMap(([name, devices]) => {
      const path = join(folder, `${name}.img`);
      run('truncate', ['-s', '32M', path]);
      run('mke2fs', ['-q', '-t', 'ext4', '-L', `on-${name}`, path]);
      const drive = ['-drive', `if=none,id=${name},format=raw,file=${path}`];
      return [...drive, ...devices.flatMap((device) => ['-device', device.replace('#', name)])];
    });
    await using machine = await Machine.start({ ...machineWith(stick, []), more });
    await machine.waitFor(/Sparekey: refused/, patienceMs);
    await finish(machine);
    const report = JSON.stringify(reportOf(stick));
    const missing = Object.keys(controllers).filter((name) => !report.includes(`"on-${name}"`));
    expect(missing).toEqual([]);
  });
});
