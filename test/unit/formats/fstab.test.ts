import { expect, test } from 'vitest';
import { parseFstab } from '../../../src/formats/fstab.ts';

test('lines, comments, escapes, and lines that are cut short', () => {
  const text = `# /etc/fstab
UUID=1 / btrfs defaults,subvol=/@ 0 0
\t/srv/my\\040swap  none\tswap sw,pri=5 0 0
/swapfile none swap
#/old none swap sw 0 0
tmpfs
`;
  expect(parseFstab(Buffer.from(text))).toEqual([
    { source: 'UUID=1', mountPoint: '/', type: 'btrfs', options: ['defaults', 'subvol=/@'] },
    { source: '/srv/my swap', mountPoint: 'none', type: 'swap', options: ['sw', 'pri=5'] },
    { source: '/swapfile', mountPoint: 'none', type: 'swap', options: [''] },
  ]);
});
