import { playByHand } from './demo/by-hand.ts';
import { play } from './demo/played.ts';
import { asRoot } from './demo/story.ts';

/**
 * node scripts/demo.ts [--auto]: a machine with two locked-out disks is started from the rescue image, by the person at
 * the keyboard, or by itself.
 */
await asRoot('A Debian is installed on a disk image', process.argv.includes('--auto') ? play : playByHand);
