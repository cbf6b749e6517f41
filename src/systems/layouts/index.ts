import { btrfs } from './btrfs.ts';
import type { Layout } from './layout.ts';
import { openwrt } from './openwrt.ts';
import { ostree } from './ostree.ts';
import { unraid } from './unraid.ts';

/** Every way of keeping a root that Sparekey knows. Adding one is a file here and a line below. */
export const layouts: readonly Layout[] = [ostree, btrfs, openwrt, unraid];
