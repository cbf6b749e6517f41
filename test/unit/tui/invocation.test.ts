import { expect, test } from 'vitest';
import { textUiAsked } from '../../../src/tui/invocation.ts';

const asked = (...argv: readonly string[]) => textUiAsked(argv, ['en', 'fr']);

test('a command line without a command asks for the text UI', () => {
  expect(asked()).toEqual({ sources: [], language: undefined, hasColour: true });
  expect(asked('--disk', 'a.img', '--disk=b.img', '--lang', 'fr', '--no-color')).toEqual({
    sources: ['a.img', 'b.img'],
    language: 'fr',
    hasColour: false,
  });
});

test.each([[['scan']], [['--help']], [['--disk']], [['--lang', 'de']], [['--disk', 'a', 'scan']], [['--yes']]])(
  'anything else is for the command line to understand or refuse: %j',
  (argv) => {
    expect(asked(...argv)).toBeUndefined();
  },
);
