import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../../src/cli/parse.ts';
import { languageAsked } from '../../../src/cli/request.ts';
import { isRescueError } from '../../../src/model/errors.ts';
import { languages, textFor } from '../../../src/text/index.ts';

const parse = (line: string, language: 'en' | 'fr' = 'en') =>
  parseCommandLine(line === '' ? [] : line.split(' '), textFor(language), '9.8.7');

const usageOf = async (line: string, language: 'en' | 'fr' = 'en') => {
  try {
    return await parse(line, language);
  } catch (error) {
    return isRescueError(error) && error.code === 'usage' ? error.details.message : error;
  }
};

const plain = { disk: [], on: undefined, yes: false, dryRun: false, json: false, color: true };

describe('parseCommandLine', () => {
  test('understands the stable command lines', async () => {
    expect(await parse('scan')).toEqual({ command: 'scan', ...plain });
    expect(await parse('scan --json --disk a.img --disk /dev/sdb --no-color')).toEqual({
      command: 'scan',
      ...plain,
      json: true,
      disk: ['a.img', '/dev/sdb'],
      color: false,
    });
    expect(await parse('reset-password --user 00123 --on LABEL=hassos-data --generate --yes')).toEqual({
      command: 'reset-password',
      ...plain,
      yes: true,
      on: 'LABEL=hassos-data',
      user: '00123',
      password: { kind: 'generate' },
      unlock: false,
    });
    expect(await parse('reset-password --user bob --password-file - --dry-run --unlock')).toMatchObject({
      password: { kind: 'file', path: '-' },
      dryRun: true,
      unlock: true,
    });
    expect(await parse('reset-password --user bob')).toMatchObject({ password: { kind: 'prompt' } });
    expect(await parse('undo')).toEqual({ command: 'undo', ...plain, id: undefined, force: false });
    expect(await parse('undo 20261121-051200-ab12 --force')).toMatchObject({ id: '20261121-051200-ab12', force: true });
  });

  test('shows help in both languages, and the version', async () => {
    expect(await parse('--help')).toMatchObject({ output: expect.stringContaining('reset-password') });
    expect(await parse('--help', 'fr')).toMatchObject({ output: expect.stringContaining('Commandes :') });
    expect(await parse('')).toEqual(await parse('--help'));
    expect(await parse('reset-password --help')).toMatchObject({ output: expect.stringContaining('--password-file') });
    expect(await parse('--version')).toEqual({ command: 'show', output: 'sparekey 9.8.7' });
  });

  test.each([
    ['reset-password', 'Missing: user'],
    ['reset-password --user', 'Not enough arguments following: user'],
    ['reset-password --user a --user b', '--user stands there twice'],
    ['reset-password --user a --generate --password-file x', 'mutually exclusive'],
    ['scan --bogus', 'Unknown argument: bogus'],
    ['scan extra', 'Unknown argument: extra'],
    ['scan --disk', 'Not enough arguments following: disk'],
    ['scan --lang de', 'Invalid values'],
    ['undoo', 'Did you mean undo?'],
    ['reset-password --user a --password geheim', 'Unknown argument: password'],
  ])('%s is refused: %s', async (line, message) => {
    expect(await usageOf(line)).toContain(message);
  });

  test('a usage error comes in French too', async () => {
    expect(await usageOf('scan --bogus', 'fr')).toBe('Argument inconnu : bogus');
  });
});

describe('languageAsked', () => {
  test.each([
    [['--lang', 'fr', 'scan'], 'fr'],
    [['scan', '--lang=en'], 'en'],
    [['scan', '--lang', 'de'], undefined],
    [['scan', '--lang'], undefined],
    [['scan'], undefined],
  ])('%j asks for %s', (argv, language) => {
    expect(languageAsked(argv, languages)).toBe(language);
  });
});
