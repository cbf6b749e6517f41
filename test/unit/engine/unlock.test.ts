import { expect, test } from 'vitest';
import type { Context } from '../../../src/engine/context.ts';
import { surveyAndUnlock } from '../../../src/engine/unlock.ts';
import { RescueError } from '../../../src/model/errors.ts';
import { VolumeKey } from '../../../src/model/secret.ts';
import type { Storage } from '../../../src/model/storage.ts';
import { diskOf, volumeOf } from '../../support/volume.ts';

/** A machine of which each encrypted volume opens with the passphrase that is its name. */
const machineWith = (names: readonly string[], answers: readonly string[]) => {
  const given: string[] = [];
  const asked: (readonly [readonly string[], boolean])[] = [];
  const survey: Storage['survey'] = async () => {
    const volumes = names.map((name) =>
      volumeOf({
        id: name,
        selector: name,
        ...(!given.includes(name) && { unopened: new RescueError('locked', { selector: name, tried: given.length }) }),
      }),
    );
    return [diskOf(volumes)];
  };
  const addKeys: Storage['addKeys'] = (keys) => given.push(...keys.map((key) => Buffer.from(key.bytes()).toString()));
  const rest = [...answers];
  const passphrases: NonNullable<Context['passphrases']> = {
    ask: async (selectors, isAgain) => {
      asked.push([selectors, isAgain]);
      const answer = rest.shift();
      return answer === undefined ? undefined : VolumeKey.of(Buffer.from(answer));
    },
  };
  const storage = { survey, addKeys } as unknown as Storage;
  return { asked, survey: () => surveyAndUnlock({ storage, passphrases } as unknown as Context, []) };
};

test('one question stands for all that are closed, and for the rest once more', async () => {
  const { asked, survey } = machineWith(['sda2', 'sdb1'], ['sda2', 'sdb1']);
  const [disk] = await survey();
  expect(disk?.volumes.map(({ unopened }) => unopened)).toEqual([undefined, undefined]);
  expect(asked).toEqual([
    [['sda2', 'sdb1'], false],
    [['sdb1'], false],
  ]);
});

test('three wrong answers are enough, and none leaves them closed', async () => {
  const wrong = machineWith(['sda2'], ['a', 'b', 'c', 'sda2']);
  await wrong.survey();
  expect(wrong.asked.map(([, isAgain]) => isAgain)).toEqual([false, true, true]);
  const declined = machineWith(['sda2'], []);
  expect((await declined.survey())[0]?.volumes[0]?.unopened?.code).toBe('locked');
  expect(declined.asked).toHaveLength(1);
});

test('where nothing is closed, nobody is asked', async () => {
  const { asked, survey } = machineWith([], ['a']);
  await survey();
  expect(asked).toEqual([]);
});
