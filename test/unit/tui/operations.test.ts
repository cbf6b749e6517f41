import { describe, expect, test } from 'vitest';
import { isIn, operations } from '../../../src/operations/index.ts';
import { textFor } from '../../../src/text/index.ts';
import type { Message } from '../../../src/tui/messages.ts';
import { offersOn, openerOf } from '../../../src/tui/offers.ts';
import type { State } from '../../../src/tui/state.ts';
import { topOf } from '../../../src/tui/step.ts';
import { view } from '../../../src/tui/view.ts';
import {
  carolsFingerprint,
  carolsKey,
  data,
  debianRoot,
  following,
  irreversible,
  pasted,
  planForKey,
  play,
  scanned,
  scene,
  textOfFrame,
  typed,
} from '../../support/tui-scenes.ts';

const seen = (state: State): string => textOfFrame(view(state));
const screenOf = (state: State): string => topOf(state).name;

/** The operation that a screen, or what it asks for, is about. */
const operationOn = (state: State): string | undefined => {
  const screen = topOf(state);
  if ('operation' in screen) return screen.operation.id;
  if ('request' in screen) return screen.request.operation.id;
  return { landmarks: 'recover', folder: 'recover', backups: 'backups', journals: 'undo' }[screen.name as string];
};

describe('the menu of a volume', () => {
  const menu = textFor('en').operations;

  test.each([
    ['a Home Assistant card', scene('volume'), data],
    ['a Debian disk with an earlier run', scene('volume-two-systems'), debianRoot],
  ] as const)('of %s: every row leads to its own operation', (_name, state, volume) => {
    const offers = offersOn(state, volume).filter(({ row }) => row.kind === 'item');
    const labels = operations.filter(isIn('tui')).map(({ id }) => [menu[id].menu, id] as const);
    expect(offers.length).toBeGreaterThan(2);
    for (const { row, open } of offers) {
      if (row.kind !== 'item' || !open) throw new Error('a row that leads nowhere');
      const [, id] = labels.find(([label]) => label === row.cells[0]) ?? [];
      expect(operationOn(open(state)[0]), row.cells[0]).toBe(id);
    }
  });

  test('a row that is not in it leads nowhere, least of all to a new password', () => {
    const offers = offersOn(scene('volume'), data);
    for (const chosen of ['check haos@sdb8', 'reset haos@sdb8', 'undo', '', undefined])
      expect(openerOf(offers, chosen)).toBeUndefined();
  });

  test('an account that is chosen for a key is not asked for a password', () => {
    expect(screenOf(following(scene('volume-two-systems'), 'down', 'enter', 'enter'))).toBe('key');
    expect(screenOf(following(scene('volume-two-systems'), 'enter', 'enter'))).toBe('password');
  });
});

describe('a key', () => {
  const keyFrom = (state: State, ...messages: readonly (Message | 'enter' | 'down')[]) => {
    const [effect] = play(state, ...messages).effects;
    return effect?.kind === 'plan' ? effect.request : undefined;
  };

  test('on the stick is let in with six keys from the first screen', () => {
    const found: Message = { kind: 'keys-found', files: [{ name: 'id.pub', content: Buffer.from(carolsKey) }] };
    const keys = { pressed: 0 };
    const press = (state: State, ...messages: readonly (Message | 'enter' | 'down')[]) => {
      keys.pressed += messages.filter((message) => typeof message === 'string').length;
      return play(state, ...messages);
    };
    // One disk, as when the card of a locked-out machine is looked at.
    const { scan } = scanned;
    const one = { ...scan, disks: scan.disks.slice(2), systems: scan.systems.slice(1, 2), journals: [], notices: [] };
    const first = following(scene('disks-looking'), { ...scanned, scan: one });
    const asked = press(first, 'enter', 'down', 'enter', 'enter', found, 'enter');
    expect(asked.effects.map(({ kind }) => kind)).toEqual(['find-keys', 'plan']);
    const { lastJob } = asked.state;
    const planned = following(asked.state, { kind: 'planned', job: lastJob, prepared: planForKey });
    const { effects } = press(following(planned, { kind: 'armed', job: planned.lastJob }), 'enter');
    expect(effects.map(({ kind }) => kind)).toEqual(['apply']);
    expect(keys.pressed).toBeLessThanOrEqual(6);
  });

  test('from a file or pasted, asks for a plan with exactly that', () => {
    const request = keyFrom(scene('key'), 'enter');
    expect(request).toMatchObject({
      operation: { id: 'authorize-key' },
      target: { on: 'account', account: { name: 'carol' } },
      values: { key: { fingerprint: carolsFingerprint, comment: 'carol@laptop' } },
    });
    expect(keyFrom(scene('key-pasted'), 'enter')).toEqual(request);
    expect(keyFrom(scene('key-none'), pasted(`  ${carolsKey}\r\n`), 'enter')).toEqual(request);
  });

  test('is shown with its fingerprint before anybody agrees', () => {
    expect(seen(scene('key'))).toContain(carolsFingerprint);
    expect(seen(scene('key-plan'))).toContain(carolsFingerprint);
  });

  test.each([
    ['nothing', '', 'is no public key'],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nabc', 'private key. Keep it where it is'],
    ['half a key', carolsKey.slice(0, 50), 'cut off'],
  ])('%s is refused, and what would be accepted is said', (_name, text, sentence) => {
    const state = following(scene('key-none'), typed(text), 'enter');
    expect(screenOf(state)).toBe('key');
    expect(seen(state).replace(/\s+/g, ' ')).toContain(sentence);
    expect(screenOf(following(state, typed('x')))).toBe('key');
  });

  test('that is far too large is not taken, and what was there stays', () => {
    const state = following(scene('key-pasted'), pasted('x'.repeat(70_000)));
    expect(seen(state)).toContain('far longer than any key');
    expect(keyFrom(state, 'enter')?.values).toMatchObject({ key: { fingerprint: carolsFingerprint } });
  });

  test('whose disk was pulled leads back to the volume, which says so', () => {
    const pulled = following(scene('key'), { ...scanned, scan: { ...scanned.scan, disks: [], systems: [] } });
    const { state, effects } = play(pulled, 'enter');
    expect(effects).toEqual([]);
    expect(screenOf(state)).toBe('volume');
  });

  test('files that are found late change nothing on another screen', () => {
    const left = following(scene('key-looking'), 'escape');
    expect(following(left, { kind: 'keys-found', files: [] })).toEqual(left);
  });
});

describe('what follows from an operation is its own', () => {
  test('what cannot be undone asks for the account, also where it is no password', () => {
    const asked = irreversible(scene('key-plan'));
    expect(seen(asked).replace(/\s+/g, ' ')).toContain('type the name: carol');
    expect(play(asked, typed('nvme0n1p2'), 'enter').effects).toEqual([]);
    expect(play(asked, typed('carol'), 'enter').effects).toMatchObject([{ kind: 'apply' }]);
  });

  test('the last screen says how the key opens the door', () => {
    const text = seen(scene('key-result')).replace(/\s+/g, ' ');
    expect(text).toContain('the key stands where sshd looks for it');
    expect(text).toContain('ssh carol@');
    expect(text).not.toContain('password');
    expect(text).toContain('No SSH server is set up');
  });
});
