import { describe, expect, test } from 'vitest';
import type { Volume } from '../../../../src/model/storage.ts';
import { container } from '../../../../src/systems/home-assistant/container.ts';
import { core } from '../../../../src/systems/home-assistant/core.ts';
import { haos } from '../../../../src/systems/home-assistant/haos.ts';
import { supervised } from '../../../../src/systems/home-assistant/supervised.ts';
import { type FixtureFiles, fixtureTree, folder, memoryTree, other, symlink } from '../../../support/fixture-tree.ts';
import { dataVolume, placeOf, type Sibling, slot } from '../../../support/place.ts';
import { volumeOf } from '../../../support/volume.ts';

const version = { version: '2026.9.3' };
const ran = (config: string): FixtureFiles => ({ [`${config}/.HA_VERSION`]: '2026.9.3' });
const homes = async (profile: typeof container, files: FixtureFiles): Promise<readonly string[]> =>
  (await profile.detect(placeOf(memoryTree(files)))).map(({ home }) => home);

describe('Home Assistant OS', () => {
  const tree = fixtureTree('haos');
  const home = '/supervisor/homeassistant';
  const detect = (volume: Volume, siblings: readonly Sibling[] = []) => haos.detect(placeOf(tree, volume, siblings));
  const named = (names: { label?: string; partLabel?: string }, selector = 'sdb8'): Volume => {
    const { label, partLabel } = names;
    const filesystem = { type: 'ext4', state: 'clean', ...(label === undefined ? {} : { label }) } as const;
    return volumeOf({ id: selector, selector, filesystem, ...(partLabel === undefined ? {} : { partLabel }) });
  };
  const otherDisk = (selector: string, label: string) => ({ code: 'other-data-disk', details: { selector, label } });

  test.each([
    ['its label', { label: 'hassos-data' }],
    ['its partition’s name alone, with a damaged superblock', { partLabel: 'hassos-data' }],
    ['what it holds, where all names are lost', {}],
    ['what it holds, under another label', { label: 'my-data' }],
    ['a disk that was added', { label: 'hassos-data', partLabel: 'hassos-data-external' }],
  ])('is known by %s', async (_, names) => {
    expect(await detect(named(names))).toEqual([{ name: 'Home Assistant OS', home }]);
  });

  test('a label without the folder is not enough, nor the folder of another', async () => {
    const empty = memoryTree({ '/docker': folder });
    expect(await haos.detect(placeOf(empty, dataVolume))).toEqual([]);
    const supervisor = memoryTree({ '/supervisor/readme': 'x' });
    expect(await haos.detect(placeOf(supervisor, named({})))).toEqual([]);
  });

  test('before its first start it has the folder of the Supervisor only', async () => {
    const fresh = memoryTree({ '/supervisor': folder });
    expect(await haos.detect(placeOf(fresh, dataVolume))).toEqual([{ name: 'Home Assistant OS', home }]);
  });

  test('the version is the newer slot’s, as numbers', async () => {
    const slots = [slot('hassos-system0', '9.5'), slot('hassos-system1', '16.10')];
    expect(await detect(dataVolume, slots)).toMatchObject([{ version: '16.10' }]);
    expect(await detect(dataVolume, [...slots].reverse())).toMatchObject([{ version: '16.10' }]);
  });

  test('slots that cannot be read, or that say nonsense, give no version', async () => {
    const { volume } = slot('hassos-system0', '1');
    expect((await detect(dataVolume, [{ volume }]))[0]).not.toHaveProperty('version');
    expect((await detect(dataVolume, [slot('hassos-system0', '"many words"')]))[0]).not.toHaveProperty('version');
    const fifo = { volume, tree: memoryTree({ '/etc/os-release': other, '/usr/lib/os-release': 'VERSION_ID=15.0\n' }) };
    expect(await detect(dataVolume, [fifo])).toMatchObject([{ version: '15.0' }]);
  });

  test.each(['hassos-data-old', 'hassos-data-dis', 'hassos-data-fail'])('%s is told to be another', async (label) => {
    const [found] = await detect(named({ label, partLabel: 'hassos-data' }, 'mmcblk0p8'));
    expect(found?.notices).toEqual([otherDisk('mmcblk0p8', label)]);
  });

  test('another data volume beside the one in use is told of', async () => {
    const old = { volume: named({ label: 'hassos-data-old', partLabel: 'hassos-data-external' }, 'sdb9') };
    expect((await detect(dataVolume, [old]))[0]?.notices).toEqual([otherDisk('sdb9', 'hassos-data-old')]);
    const bare = { volume: named({ label: 'scratch' }, 'sdb10') };
    expect((await detect(dataVolume, [bare]))[0]).not.toHaveProperty('notices');
  });

  test('stores that Home Assistant set aside as damaged are told of, newest first', async () => {
    const aside = (name: string) => `${home}/.storage/${name}`;
    const older = aside('auth_provider.homeassistant.corrupt.2026-01-05T08:00:00.000001+00:00');
    const newer = aside('auth_provider.homeassistant.corrupt.2026-02-05T08:00:00.000001+00:00');
    const auth = aside('auth.corrupt.2026-02-05T08:00:00.000002+00:00');
    const damaged = tree.with({ [older]: '', [newer]: '', [auth]: '', [aside('cloud.corrupt.2026')]: '' });
    const [found] = await haos.detect(placeOf(damaged, dataVolume));
    const paths = found?.notices?.map((notice) => notice.code === 'corrupt-store-beside' && notice.details.path);
    expect(paths).toEqual([newer, older, auth]);
  });
});

describe('Home Assistant Supervised', () => {
  test('at its place of today, its place of before, and where it was told to be', async () => {
    expect(await homes(supervised, ran('/var/lib/homeassistant/homeassistant'))).toHaveLength(1);
    expect(await homes(supervised, ran('/usr/share/hassio/homeassistant'))).toHaveLength(1);
    const told = { ...ran('/data/ha/homeassistant'), '/etc/hassio.json': '{"data": "/data/ha"}' };
    expect(await homes(supervised, told)).toEqual(['/data/ha/homeassistant']);
  });

  test('two names of one folder are one system', async () => {
    const files = {
      ...ran('/var/lib/homeassistant/homeassistant'),
      '/usr/share/hassio': symlink('/var/lib/homeassistant'),
    };
    expect(await homes(supervised, files)).toEqual(['/var/lib/homeassistant/homeassistant']);
  });

  test.each(['{', '{"data": 7}', '{"data": "relative"}', '{"data": "/a\\u0000b"}', '[]', '"x"'])(
    'a settings file of %j does no harm',
    async (text) => {
      const files = { ...ran('/var/lib/homeassistant/homeassistant'), '/etc/hassio.json': text };
      expect(await homes(supervised, files)).toHaveLength(1);
    },
  );
});

describe('Home Assistant Container', () => {
  const mounted = (source: unknown, target = '/config') =>
    JSON.stringify({ MountPoints: { [target]: { Source: source } } });
  const configOf = (id: string) => `/var/lib/docker/containers/${id}/config.v2.json`;

  test('where docker bound /config, where a volume is, and where people put it', async () => {
    const files = {
      ...ran('/mnt/ssd/ha'),
      ...ran('/var/lib/docker/volumes/ha/_data'),
      ...ran('/opt/homeassistant'),
      ...ran('/home/anna/docker/homeassistant/config'),
      [configOf('a')]: mounted('/mnt/ssd/ha'),
    };
    expect(await homes(container, files)).toEqual([
      '/mnt/ssd/ha',
      '/var/lib/docker/volumes/ha/_data',
      '/opt/homeassistant',
      '/home/anna/docker/homeassistant/config',
    ]);
  });

  test('another program’s /config is not Home Assistant’s, nor is a folder in which it never ran', async () => {
    const files = {
      '/srv/sonarr/config.xml': '',
      '/opt/homeassistant/configuration.yaml': '',
      [configOf('a')]: mounted('/srv/sonarr'),
    };
    expect(await homes(container, files)).toEqual([]);
  });

  test.each([7, null, '', 'x', '/', '../../etc', '/a\0b', `/${'x'.repeat(9999)}`, { toString: 1 }])(
    'a bind source of %j does no harm',
    async (source) => {
      const files = {
        ...ran('/opt/homeassistant'),
        [configOf('a')]: mounted(source),
        [configOf('b')]: '{',
        [configOf('c')]: other,
      };
      expect(await homes(container, files)).toEqual(['/opt/homeassistant']);
    },
  );
});

describe('Home Assistant Core', () => {
  test('in the home of whoever runs it', async () => {
    const passwd = 'odd:x:1:1::relative:/bin/sh\nmax:x:1000:1000::/srv/people/max:/bin/sh\n';
    const files = { '/etc/passwd': passwd, ...ran('/srv/people/max/.homeassistant') };
    expect(await homes(core, files)).toEqual(['/srv/people/max/.homeassistant']);
    expect(await homes(core, ran('/home/homeassistant/.homeassistant'))).toHaveLength(1);
  });
});

describe('what tells a configuration folder', () => {
  const at = '/opt/homeassistant';
  test.each(['.HA_VERSION', '.storage/auth', '.storage/auth_provider.homeassistant', '.storage/auth.corrupt.2026'])(
    '%s',
    async (file) => {
      expect(await homes(container, { [`${at}/${file}`]: '' })).toEqual([at]);
    },
  );

  test('its version is told as far as it is one', async () => {
    const detect = (text: string) => container.detect(placeOf(memoryTree({ [`${at}/.HA_VERSION`]: text })));
    expect(await detect(' 2026.9.3\n')).toEqual([{ name: 'Home Assistant Container', home: at, ...version }]);
    expect((await detect('\u001b[31mred'))[0]).not.toHaveProperty('version');
    expect((await detect(`1${'0'.repeat(999)}`))[0]?.version).toHaveLength(41);
  });
});
