import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createExtImage, createSparse, sha256 } from '../../support/disk-image.ts';
import { unplugged } from '../../support/ext/random-volume.ts';
import { createHaosDisk, household } from '../../support/haos-disk.ts';
import { checkManifest } from '../../support/recovery.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { run } from '../../support/tools.ts';

const at = scratchFolder('not-root');

/** Runs a script that has `storage`, `recovery`, `scan` and `path` as somebody who is not root, and returns what it says. */
const asNobody = (path: string, script: string): unknown => {
  const source = (name: string) => JSON.stringify(import.meta.resolve(`../../../src/${name}.ts`));
  const whole = `
    const { createStorage } = await import(${source('host/storage/storage')});
    const { createRecovery } = await import(${source('host/recovery/recovery')});
    const { scan } = await import(${source('engine/scan')});
    const { contextOn } = await import(${JSON.stringify(import.meta.resolve('../../support/context.ts'))});
    const storage = createStorage();
    const recovery = createRecovery();
    const path = ${JSON.stringify(path)};
    const volumeOf = async () => (await storage.survey([{ kind: 'image', path }]))[0].volumes.at(-1);
    console.log(JSON.stringify(await (async () => {${script}})()));`;
  // Somebody who may read what is ours, and is root nowhere.
  const inside = ['--user', '--map-user=1000', '--map-group=1000', process.execPath];
  return JSON.parse(run('unshare', [...inside, '--input-type=module', '-e', whole]));
};

test('an image is looked into and copied out of without root, in the state that its journal makes', () => {
  const image = createExtImage(at('late.img'), {
    sizeMebibytes: 32,
    files: { 'd/early': 'early', 'd/sub/deep': 'deep' },
  });
  unplugged(image, 'loop', 'cd "$2" && echo late >d/late && ln -s early d/link && sync d/late && sync -f .');
  const before = sha256(image);
  const to = at('copy');
  mkdirSync(to);
  const told = asNobody(
    image,
    `await using view = await recovery.open(await volumeOf());
     const { files, folders, symlinks, problems, stoppedBy } = await view.copyOut(
       { paths: ['/d'], to: ${JSON.stringify(`${to}/out`)}, sourceId: 'test', keepsOwners: false }, () => {});
     const text = async (path) => Buffer.from(await view.tree.read(path)).toString();
     return { reading: view.reading, late: await text('/d/late'), linked: await text('/d/link'), files, folders, symlinks, problems, stoppedBy };`,
  );
  expect(told).toEqual({
    ...{ reading: 'newest', late: 'late\n', linked: 'early', files: 3, folders: 2, symlinks: 1, problems: [] },
  });
  expect(run('sh', ['-c', 'cd "$1/out/d" && cat early late sub/deep && readlink link', 'sh', to])).toBe(
    'earlylate\ndeepearly\n',
  );
  checkManifest(`${to}/out`);
  expect(sha256(image)).toBe(before);
});

test('a scan without root finds Home Assistant and its accounts on an image of its disk', () => {
  const { path } = createHaosDisk(at('haos.img'));
  const script = `
    const found = await scan(contextOn(storage), [{ kind: 'image', path }]);
    const [system] = found.systems;
    return { profile: system?.profile.id, accounts: system?.accounts.map(({ name }) => name), count: found.systems.length };`;
  expect(asNobody(path, script)).toEqual({
    ...{ profile: 'haos', count: 1 },
    accounts: expect.arrayContaining(household.map(({ username }) => username)),
  });
});

test('what only the kernel can read without root is told', () => {
  const path = at('btrfs.img');
  createSparse(path, 128);
  run('mkfs.btrfs', ['--quiet', path]);
  const script = `return await scan(contextOn(storage), [{ kind: 'image', path }]).then(() => 'fine', ({ code }) => code);`;
  expect(asNobody(path, script)).toBe('need-root');
});
