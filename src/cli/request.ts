import type { Language } from '../text/text.ts';

/** Options of every command. */
export interface CommonOptions {
  readonly disk: readonly string[];
  readonly on: string | undefined;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly color: boolean;
}

/** Where the new password comes from. */
export type PasswordSource =
  | { readonly kind: 'prompt' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'generate' };

/** What the command line asks for, once it has been understood. */
export type Request =
  | { readonly command: 'show'; readonly output: string }
  | ({ readonly command: 'scan' } & CommonOptions)
  | ({
      readonly command: 'reset-password';
      readonly user: string;
      readonly password: PasswordSource;
      readonly unlock: boolean;
    } & CommonOptions)
  | ({ readonly command: 'undo'; readonly id: string | undefined; readonly force: boolean } & CommonOptions);

/** Read before anything else, since even a usage error has a language. */
export const languageAsked = (argv: readonly string[], languages: readonly Language[]): Language | undefined => {
  const at = argv.findIndex((argument) => argument === '--lang' || argument.startsWith('--lang='));
  const value = argv[at]?.split('=')[1] ?? argv[at + 1];
  return at < 0 ? undefined : languages.find((language) => language === value);
};
