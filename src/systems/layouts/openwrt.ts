import type { Volume } from '../../model/storage.ts';
import { kindAt } from '../look.ts';
import type { Layout } from './layout.ts';

/**
 * OpenWrt on a squashfs: what was changed since it was installed lies in `upper` of a volume that is laid over it
 * (fstools, libfstools/overlay.c). It stands behind the squashfs, or in a volume called rootfs_data.
 */
export const openwrt: Layout = {
  id: 'openwrt',

  async find({ volume, tree, siblings, withSibling }) {
    if (volume.filesystem?.type !== 'squashfs' || (await kindAt(tree, '/etc/openwrt_release')) !== 'file') return [];
    for (const sibling of siblings.filter((each) => each !== volume && mayBeOverlay(each))) {
      const isOverlay = await withSibling(sibling, async (other) => (await kindAt(other, '/upper')) === 'directory');
      if (!isOverlay) continue;
      const layers = [
        { volume: sibling, folder: '/upper' },
        { volume, folder: '/' },
      ];
      return [{ pieces: [{ at: '/', layers }], replacesWhole: true }];
    }
    return [];
  },
};

const mayBeOverlay = ({ filesystem, partLabel }: Volume): boolean =>
  /^(ext4|f2fs|btrfs)$/.test(filesystem?.type ?? '') || partLabel === 'rootfs_data';
