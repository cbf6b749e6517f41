import { expect, test } from 'vitest';
import { findLandmarks } from '../../../../src/engine/recovery/landmarks.ts';
import type { ProfileId } from '../../../../src/model/system.ts';
import { profiles } from '../../../../src/systems/index.ts';
import { folder, memoryTree, symlink } from '../../../support/fixture-tree.ts';

const systemOf = (id: ProfileId, home: string) => {
  const profile = profiles.find((each) => each.id === id);
  if (!profile) throw new Error(id);
  return { profile, detection: { name: id, home } };
};

test('Home Assistant OS: beside the configuration', async () => {
  const tree = memoryTree({
    '/supervisor/homeassistant/configuration.yaml': '',
    '/supervisor/backup/a.tar': '',
    '/supervisor/share': folder,
  });
  expect(await findLandmarks(tree, systemOf('haos', '/supervisor/homeassistant'))).toEqual([
    { name: 'configuration', paths: ['/supervisor/homeassistant'] },
    { name: 'backups', paths: ['/supervisor/backup'] },
    { name: 'share', paths: ['/supervisor/share'] },
  ]);
});

test('a container: inside the configuration', async () => {
  const tree = memoryTree({ '/srv/ha/backups/a.tar': '', '/srv/ha/media': folder });
  expect(await findLandmarks(tree, systemOf('home-assistant-container', '/srv/ha'))).toEqual([
    { name: 'configuration', paths: ['/srv/ha'] },
    { name: 'backups', paths: ['/srv/ha/backups'] },
    { name: 'media', paths: ['/srv/ha/media'] },
  ]);
});

test('Linux: only what is there, links followed, circles left out', async () => {
  const tree = memoryTree({
    '/home': symlink('/data/home'),
    '/data/home/bob': folder,
    '/etc/passwd': '',
    '/srv': symlink('/srv'),
    '/etc/128technology/global.init': '{}',
    '/var/lib/128technology/t128-running.json': '{}',
  });
  expect(await findLandmarks(tree, systemOf('debian', '/'))).toEqual([
    { name: 'home-folders', paths: ['/data/home'] },
    { name: 'settings', paths: ['/etc'] },
    {
      name: 'conductor',
      paths: ['/var/lib/128technology/t128-running.json', '/etc/128technology/global.init'],
    },
  ]);
});
