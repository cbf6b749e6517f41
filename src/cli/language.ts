import type { Language } from '../text/text.ts';

/** What --lang says, read before anything else, since even a usage error has a language. */
export const languageAsked = (argv: readonly string[], languages: readonly Language[]): Language | undefined => {
  const at = argv.findIndex((argument) => argument === '--lang' || argument.startsWith('--lang='));
  const value = argv[at]?.split('=')[1] ?? argv[at + 1];
  return at < 0 ? undefined : languages.find((language) => language === value);
};
