import { Secret } from '../../model/secret.ts';
import type { Key, Message } from '../messages.ts';

/** A key as blessed names it. */
export interface PressedKey {
  readonly name?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
}

const keys: Readonly<Record<string, Key>> = {
  up: 'up',
  down: 'down',
  left: 'left',
  right: 'right',
  pageup: 'page-up',
  pagedown: 'page-down',
  home: 'home',
  end: 'end',
  return: 'enter',
  linefeed: 'enter',
  escape: 'escape',
  tab: 'tab',
  backspace: 'backspace',
  delete: 'backspace',
  f2: 'f2',
  f3: 'f3',
  f4: 'f4',
  f5: 'f5',
};

const controlKeys: Readonly<Record<string, Key>> = {
  c: 'interrupt',
  h: 'backspace',
  u: 'clear',
  j: 'enter',
  m: 'enter',
};

/** What a key press means; undefined for keys that mean nothing here. */
export const messageOf = (character: string | undefined, key: PressedKey | undefined): Message | undefined => {
  const name = key?.name ?? '';
  if (key?.ctrl) return asKey(controlKeys[name]);
  if (key?.meta) return undefined;
  // blessed says "enter" a second time for a carriage return, after "return".
  if (name === 'enter') return undefined;
  if (keys[name] !== undefined) return asKey(keys[name]);
  const isText = character !== undefined && !/^[\u0000-\u001f\u007f]/.test(character);
  return isText ? { kind: 'typed', text: new Secret(character) } : undefined;
};

const asKey = (key: Key | undefined): Message | undefined => key && { kind: 'key', key };
