import { describe, expect, test } from 'vitest';
import { languageAsked } from '../../../src/cli/language.ts';
import { parseCommandLine } from '../../../src/cli/parse.ts';
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

describe('parseCommandLine', () => {
  test.each([
    ['scan', false],
    ['scan --json --disk a.img --disk /dev/sdb --no-color', true],
    ['reset-password --user 00123 --on LABEL=hassos-data --generate --yes', false],
    ['reset-password --user bob --password-file - --dry-run --unlock --json', true],
    ['reset-password --user bob', false],
    ['undo', false],
    ['undo 20261121-051200-ab12 --force --lang fr', false],
  ])('understands %s', async (line, isJson) => {
    expect(await parse(line)).toEqual({ isJson, run: expect.any(Function) });
  });

  test('shows help in both languages, and the version', async () => {
    expect(await parse('--help')).toMatchObject({ output: expect.stringContaining('reset-password') });
    expect(await parse('--help', 'fr')).toMatchObject({ output: expect.stringContaining('Commandes :') });
    expect(await parse('')).toEqual(await parse('--help'));
    expect(await parse('reset-password --help')).toMatchObject({ output: expect.stringContaining('--password-file') });
    expect(await parse('--version')).toEqual({ output: 'sparekey 9.8.7' });
  });

  test.each([
    ['reset-password', 'Missing: user'],
    ['reset-password --user', 'Not enough arguments following: user'],
    ['reset-password --user a --user b', '--user stands there twice'],
    ['reset-password --user a --generate --password-file x', 'mutually exclusive'],
    ['scan --bogus', 'Unknown argument: bogus'],
    ['backups decrypt --key-file a --key-file b', 'key-file stands there twice'],
    ['scan extra', 'Unknown argument: extra'],
    ['reset-password --user.x a', 'Missing: user'],
    ['reset-password --user a --user.x b', 'Unknown argument: user.x'],
    ['scan --json.a.b', 'Unknown argument: json.a.b'],
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
