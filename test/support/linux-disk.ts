import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createExtImage, type ExtOptions } from './disk-image.ts';
import { crypt } from './libcrypt.ts';
import { run } from './tools.ts';

/** A hash as passwd(1) would have written it, by libcrypt. */
const forgottenHash = crypt('forgotten', '$6$saltsalt$');

/** Odd on purpose: a comment, a NIS line, a name with a byte that is no UTF-8, a short line, no newline at the end. */
export const shadowBefore = Buffer.concat([
  Buffer.from(`# keep me\nroot:*:19000:0:99999:7:::\nbob:${forgottenHash}:19000:0:99999:7::1:\n+::::::::\n`),
  Buffer.from('r\xe9mi:', 'latin1'),
  Buffer.from(`${forgottenHash}:19000:0:99999:7:::\nodd:!\ncarol:!${forgottenHash}:19000:0:99999:7:::`),
]);

const passwd = Buffer.concat([
  Buffer.from('root:x:0:0:root:/root:/bin/bash\nbob:x:1000:1000:Bob:/home/bob:/bin/bash\n'),
  Buffer.from('r\xe9mi:x:1001:1001:R\xe9mi:/home/remi:/bin/sh\n', 'latin1'),
  Buffer.from('carol:x:1002:1002::/home/carol:/bin/bash\n'),
]);

const osRelease = 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\n';

/** A label as the kernel would have it on a Fedora or RHEL disk. */
export const shadowLabel = 'system_u:object_r:shadow_t:s0';

/** What a small Linux system needs to be recognised, and rights that must survive. */
export const linuxFiles: ExtOptions = {
  label: 'root',
  files: {
    'etc/os-release': osRelease,
    'etc/debian_version': '12.7\n',
    'etc/passwd': passwd,
    'etc/shadow': shadowBefore,
  },
  populate: (root) => {
    mkdirSync(join(root, 'home/bob'), { recursive: true });
    const shadow = join(root, 'etc/shadow');
    chownSync(shadow, 0, 42);
    chmodSync(shadow, 0o640);
    run('setfattr', ['-n', 'security.selinux', '-v', shadowLabel, shadow]);
    run('setfacl', ['-m', 'u:1000:r', shadow]);
  },
};

/** Makes an image that is one small Linux root file system. */
export const createLinuxDisk = (path: string, different: ExtOptions = {}): string =>
  createExtImage(path, {
    ...linuxFiles,
    ...different,
    files: { ...linuxFiles.files, ...different.files },
    populate: (root) => {
      linuxFiles.populate?.(root);
      different.populate?.(root);
    },
  });
