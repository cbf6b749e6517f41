import { en } from './en/index.ts';
import { fr } from './fr/index.ts';
import type { Language, Text } from './text.ts';

const texts: Readonly<Record<Language, Text>> = { en: { ...en, language: 'en' }, fr };

export const languages = Object.keys(texts) as readonly Language[];

export const textFor = (language: Language): Text => texts[language];

/** The language of the locale variables, in locale(7)'s order of precedence; English where they name none of ours. */
export const languageOf = (environment: Readonly<Record<string, string | undefined>>): Language => {
  const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || '';
  return languages.find((language) => locale.toLowerCase().startsWith(language)) ?? 'en';
};
