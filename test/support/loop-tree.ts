import { run } from './tools.ts';

/** Mounts an image privately, runs a shell script in its root, and unmounts it. */
export const insideImage = (image: string, script: string, options = 'loop'): string =>
  run('unshare', [
    ...['--mount', '--propagation', 'private', 'sh', '-ec'],
    'mount -n -o "$3" "$1" /proc/driver; cd /proc/driver; eval "$2"; cd /; umount -n /proc/driver',
    ...['sh', image, script, options],
  ]);
