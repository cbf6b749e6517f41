import { describe, expect, test } from 'vitest';
import { languageOf, languages, textFor } from '../../../src/text/index.ts';

/** Every leaf of a text, by its path; functions are sentences that take details. */
const leavesOf = (value: unknown, path = ''): Map<string, unknown> => {
  if (typeof value !== 'object' || value === null) return new Map([[path, value]]);
  return new Map(Object.entries(value).flatMap(([key, child]) => [...leavesOf(child, `${path}/${key}`)]));
};

const leaves = new Map(languages.map((language) => [language, leavesOf(textFor(language))]));

/** Words that are the same in both languages, or belong to nobody's language. */
const shared =
  /\/language|\/filesystem|\/plan$|\/part$|\/two-factor|two-factor|\/yes\/|\/columns\/(date|type|protection)/;

describe('text', () => {
  test('both languages have the same sentences', () => {
    const [english, french] = languages.map((language) =>
      [...(leaves.get(language)?.keys() ?? [])].filter((key) => !/\/yes\//.test(key)).sort(),
    );
    expect(english?.length).toBeGreaterThan(150);
    expect(french).toEqual(english);
  });

  test('no sentence was left in the other language', () => {
    const english = leaves.get('en') ?? new Map();
    const same = [...(leaves.get('fr') ?? [])].filter(
      ([key, words]) => typeof words === 'string' && words === english.get(key) && !shared.test(key),
    );
    expect(same).toEqual([]);
  });

  test('French has its typography: a narrow or plain blank before : ; ? and inside quotes', () => {
    const sentences = [...(leaves.get('fr') ?? [])].filter(([key]) => !key.startsWith('/help/parser'));
    const wrong = sentences.filter(([, words]) => typeof words === 'string' && /[a-zé][;?!]|'|«\S|\S»/.test(words));
    expect(wrong).toEqual([]);
  });

  test('names from disks are shown harmlessly', () => {
    for (const language of languages) {
      const sentence = textFor(language).errors['no-such-account']({
        user: '\u001b[2Jx\n',
        accounts: ['a\u202e', 'b\udcff'],
      });
      expect(sentence).not.toMatch(/[\u0000-\u001f\u202e\udcff]/u);
      expect(sentence).toContain('\\x1b[2Jx\\x0a');
    }
  });
});

describe('languageOf', () => {
  test.each([
    [{ LANG: 'fr_FR.UTF-8' }, 'fr'],
    [{ LANG: 'de_DE.UTF-8' }, 'en'],
    [{}, 'en'],
    [{ LC_ALL: 'C', LANG: 'fr_FR' }, 'en'],
    [{ LC_ALL: '', LC_MESSAGES: 'fr_CA', LANG: 'en_US' }, 'fr'],
  ])('%j is %s', (environment, language) => {
    expect(languageOf(environment)).toBe(language);
  });
});
