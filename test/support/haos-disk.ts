import { chmodSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createGptDisk, type Extent, erofs, ext4, type Fill, type GptPartition, squashfs, vfat } from './gpt-disk.ts';
import { crypt, opensHash } from './libcrypt.ts';
import { run } from './tools.ts';

/**
 * A disk with the layout of Home Assistant OS, as its image builder makes it (operating-system,
 * buildroot-external/scripts/hdd-image.sh and genimage): names, sizes, PARTUUIDs, labels, and the files that matter.
 */

export interface HaosUser {
  /** As stored, which need not be how a person types it. */
  readonly username: string;
  readonly displayName: string;
  readonly password: string;
  readonly isOwner?: boolean;
  readonly isAdministrator?: boolean;
  readonly isActive?: boolean;
  readonly isLocalOnly?: boolean;
}

export interface HaosDisk {
  readonly path: string;
  /** hassos-data, partition 8. */
  readonly data: Extent;
}

/** A household: the owner, another administrator, a child at home only, and somebody who moved out. */
export const household: readonly HaosUser[] = [
  { username: 'alice', displayName: 'Alice Martin', password: 'forgotten-by-alice', isOwner: true },
  { username: 'Bob', displayName: 'Bob', password: 'forgotten-by-bob', isAdministrator: true },
  { username: 'zoé', displayName: 'Zoé', password: 'forgotten-by-zoé', isLocalOnly: true },
  { username: 'carol', displayName: 'Carol', password: 'forgotten-by-carol', isActive: false },
];

/** Where Home Assistant keeps its passwords, on the data volume. */
export const providerPath = '/supervisor/homeassistant/.storage/auth_provider.homeassistant';

/** Home Assistant's own cost is 12; the forgotten password may be cheaper, since nobody knows it anyway. */
const forgottenHash = (password: string, index: number): string =>
  crypt(password, `$2b$04$${String(index).padStart(2, '0')}abcdefghijklmnopqrsu`);

/** homeassistant/helpers/storage.py: two spaces, raw UTF-8, no newline at the end. */
const store = (key: string, version: number, data: unknown): string =>
  JSON.stringify({ version, minor_version: 1, key, data }, null, 2);

const userId = (index: number): string => `${index}`.padStart(32, '5f3c0a9be17d4268');

const providerStore = (users: readonly HaosUser[]): string =>
  store('auth_provider.homeassistant', 1, {
    users: users.map(({ username, password }, index) => ({
      username,
      password: Buffer.from(forgottenHash(password, index)).toString('base64'),
    })),
  });

const authStore = (users: readonly HaosUser[]): string =>
  store('auth', 1, {
    users: [
      ...users.map((user, index) => ({
        id: userId(index),
        group_ids: [user.isOwner || user.isAdministrator ? 'system-admin' : 'system-users'],
        is_owner: user.isOwner ?? false,
        is_active: user.isActive ?? true,
        name: user.displayName,
        system_generated: false,
        local_only: user.isLocalOnly ?? false,
      })),
      {
        id: userId(99),
        group_ids: ['system-admin'],
        is_owner: false,
        is_active: true,
        name: 'Supervisor',
        system_generated: true,
        local_only: false,
      },
    ],
    groups: [
      { id: 'system-admin', name: 'Administrators' },
      { id: 'system-users', name: 'Users' },
      { id: 'system-read-only', name: 'Read Only' },
    ],
    credentials: users.map(({ username }, index) => ({
      id: `c${userId(index).slice(1)}`,
      user_id: userId(index),
      auth_provider_type: 'homeassistant',
      auth_provider_id: null,
      data: { username },
    })),
    refresh_tokens: [
      {
        id: `d${userId(0).slice(1)}`,
        user_id: userId(0),
        client_id: 'http://homeassistant.local:8123/',
        client_name: null,
        client_icon: null,
        token_type: 'normal',
        created_at: '2026-03-01T18:20:11.402113+00:00',
        access_token_expiration: 1800.0,
        token: '0'.repeat(128),
        jwt_key: '1'.repeat(128),
        last_used_at: '2026-10-02T06:14:55.120931+00:00',
        last_used_ip: '192.168.1.23',
        expire_at: 1798870495.120931,
        credential_id: `c${userId(0).slice(1)}`,
        version: '2026.9.3',
      },
    ],
  });

const write = (root: string, path: string, content: string, mode = 0o644): void => {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
};

/** The tree of the data volume. */
export const writeDataTree = (root: string, users: readonly HaosUser[]): void => {
  const folders = ['homeassistant/.storage', 'backup', 'ssl', 'share', 'media', 'addons/core', 'addons/data', 'dns'];
  for (const folder of folders) mkdirSync(join(root, 'supervisor', folder), { recursive: true });
  for (const folder of ['docker/containers', 'docker/overlay2', 'logs/journal']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  const config = 'supervisor/homeassistant';
  write(root, `${config}/.HA_VERSION`, '2026.9.3');
  write(root, `${config}/configuration.yaml`, 'default_config:\n\nautomation: !include automations.yaml\n');
  write(root, `${config}/automations.yaml`, '[]\n');
  write(root, `${config}/secrets.yaml`, 'some_password: welcome\n');
  write(root, `${config}/.storage/auth`, authStore(users), 0o600);
  write(root, `${config}/.storage/auth_provider.homeassistant`, providerStore(users), 0o600);
  write(root, `${config}/.storage/onboarding`, store('onboarding', 4, { done: ['user', 'core_config', 'analytics'] }));
  write(root, `${config}/.storage/core.config`, store('core.config', 1, { location_name: 'Home', language: 'en' }));
  write(
    root,
    'supervisor/homeassistant.json',
    '{\n  "version": "2026.9.3",\n  "ssl": false,\n  "port": 8123\n}',
    0o600,
  );
  write(root, 'supervisor/config.json', '{\n  "version": "2026.09.1",\n  "channel": "stable"\n}', 0o600);
  write(root, 'supervisor/auth.json', `{\n  "${'7a'.repeat(32)}": "${'0b'.repeat(32)}"\n}`, 0o600);
  write(root, 'swapfile', '', 0o600);
  truncateSync(join(root, 'swapfile'), 64 << 20);
};

const osRelease = (version: string): string =>
  [
    'NAME="Home Assistant OS"',
    `VERSION="${version}"`,
    'ID=haos',
    `VERSION_ID=${version}`,
    `PRETTY_NAME="Home Assistant OS ${version}"`,
    'HOME_URL="https://hass.io/"',
    'VARIANT="Home Assistant OS generic-x86-64"',
    'VARIANT_ID=generic-x86-64',
    '',
  ].join('\n');

/** A system slot: read-only, with /etc/os-release as the link that it is. */
const systemTree =
  (version: string) =>
  (root: string): void => {
    write(root, 'usr/lib/os-release', osRelease(version));
    write(root, 'etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n');
    write(root, 'etc/shadow', 'root:*:::::::\n', 0o600);
    run('ln', ['-s', '../usr/lib/os-release', join(root, 'etc/os-release')]);
    mkdirSync(join(root, 'mnt/data'), { recursive: true });
  };

/** One row of the table; every partition but the first has the type of Linux data. */
const partition = (name: string, sizeMebibytes: number, uuid: string, fill?: Fill): GptPartition => ({
  name: `hassos-${name}`,
  type: name === 'boot' ? 'efi' : 'linux',
  uuid,
  sizeMebibytes,
  ...(fill && { fill }),
});

/** Makes the disk image; it is sparse, and takes a few megabytes for real. */
export const createHaosDisk = (path: string, users: readonly HaosUser[] = household): HaosDisk => {
  const boot = vfat('hassos-boot', { 'cmdline.txt': 'zram.enabled=1 zram.num_devices=3\n' });
  const kernel = squashfs((root) => write(root, 'bzImage', 'kernel\n'));
  const [system0, system1] = [erofs(systemTree('16.2')), squashfs(systemTree('11.5'))];
  const overlay = ext4('hassos-overlay', (root) => write(root, 'etc/hostname', 'homeassistant\n'));
  const data = ext4('hassos-data', (root) => writeDataTree(root, users));
  const extents = createGptDisk(path, [
    partition('boot', 32, 'b3dd0952-733c-4c88-8cba-cab9b8b4377f', boot),
    partition('kernel0', 24, '26700fc6-b0bc-4ccf-9837-ea1a4cba3e65', kernel),
    partition('system0', 256, '8d3d53e3-6d49-4c38-8349-aff6859e82fd', system0),
    partition('kernel1', 24, 'fc02a4f0-5350-406f-93a2-56cbed636b5f', kernel),
    partition('system1', 256, 'a3ec664e-32ce-4665-95ea-7ae90ce9aa20', system1),
    partition('bootstate', 8, '33236519-7f32-4dff-8002-3390b62c309d'),
    partition('overlay', 96, 'f1326040-5236-40eb-b683-aaa100a9afcf', overlay),
    partition('data', 1280, 'a52a4597-fa3a-4851-aefd-2fbe9f849079', data),
  ]);
  const extent = extents[7];
  if (!extent) throw new Error('a disk of Home Assistant OS has eight partitions');
  return { path, data: extent };
};

/** The stored hash of a user, read with debugfs; undefined when there is no such user. */
export const readHaosHash = ({ path, data }: HaosDisk, username: string): string | undefined => {
  const text = run('debugfs', ['-R', `cat ${providerPath}`, `${path}?offset=${data.offsetBytes}`]);
  const users = JSON.parse(text).data.users as readonly { username: string; password: string }[];
  const found = users.find((user) => user.username === username);
  return found && Buffer.from(found.password, 'base64').toString();
};

/** Whether the password opens the account, as libcrypt sees it; Home Assistant itself runs another bcrypt. */
export const opensHaosUser = (disk: HaosDisk, username: string, password: string): boolean =>
  opensHash(password, readHaosHash(disk, username) ?? '');
