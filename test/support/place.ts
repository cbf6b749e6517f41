import type { Volume } from '../../src/model/storage.ts';
import type { Detection, Place, SystemProfile } from '../../src/model/system.ts';
import type { Tree } from '../../src/model/tree.ts';
import { profiles } from '../../src/systems/index.ts';
import { type FixtureTree, fixtureTree, memoryTree, symlink } from './fixture-tree.ts';
import { volumeOf } from './volume.ts';

/** Another volume of the disk; without a tree it cannot be looked into. */
export interface Sibling {
  readonly volume: Volume;
  readonly tree?: Tree;
}

/** Where a detector looks, with nothing but what is given here around it. */
export const placeOf = (tree: Tree, volume: Volume = volumeOf(), siblings: readonly Sibling[] = []): Place => ({
  tree,
  volume,
  siblings: [volume, ...siblings.map((sibling) => sibling.volume)],
  withSibling: async (wanted, action) => {
    const found = siblings.find((sibling) => sibling.volume === wanted)?.tree;
    return found && action(found);
  },
});

/** A system slot of Home Assistant OS. */
export const slot = (partLabel: string, version: string): Sibling => ({
  volume: volumeOf({ id: partLabel, partLabel, selector: partLabel, filesystem: { type: 'erofs', state: 'unknown' } }),
  tree: memoryTree({
    '/etc/os-release': symlink('../usr/lib/os-release'),
    '/usr/lib/os-release': `NAME="Home Assistant OS"\nVERSION="${version}"\nID=haos\nVERSION_ID=${version}\n`,
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
    '/etc/shadow': 'root:*:::::::\n',
  }),
});

export const dataVolume: Volume = volumeOf({
  id: 'disk-1/hassos-data',
  selector: 'sdb8',
  partLabel: 'hassos-data',
  filesystem: { type: 'ext4', state: 'clean', label: 'hassos-data' },
});

/** The same files, where a layout shows them. */
const asSeen = (tree: FixtureTree, folder: string, seen: string): FixtureTree =>
  memoryTree(Object.fromEntries([...tree.files].map(([path, content]) => [path.replace(folder, seen), content])));

/** The place that a tree of test/fixtures/trees stands for. */
export const fixturePlace = (name: string): Place => {
  const tree = fixtureTree(name);
  if (name === 'unraid') return placeOf(asSeen(tree, '/config/', '/etc/'));
  if (name !== 'haos') return placeOf(tree);
  return placeOf(tree, dataVolume, [slot('hassos-system0', '16.2'), slot('hassos-system1', '9.5')]);
};

export interface Detected {
  readonly profile: SystemProfile;
  readonly detection: Detection;
}

/** What every profile says of a place, and what is left when the more specific have replaced the others. */
export const detectEverything = async (
  place: Place,
): Promise<{ all: readonly Detected[]; left: readonly Detected[] }> => {
  const found = profiles.map(async (profile) =>
    (await profile.detect(place)).map((detection) => ({ profile, detection })),
  );
  const all = (await Promise.all(found)).flat();
  const left = all.filter(
    ({ profile, detection }) =>
      !all.some((each) => each.profile.supersedes?.includes(profile.id) && each.detection.home === detection.home),
  );
  return { all, left };
};
