import type { Language } from '../text/text.ts';

/** What the text UI was asked for on the command line. */
export interface Invocation {
  /** Disks, images or folders to look at; none for all disks. */
  readonly sources: readonly string[];
  readonly language: Language | undefined;
  readonly hasColour: boolean;
}

/**
 * Reads a command line without a command: nothing, or only --disk, --lang and --no-color. Undefined for any other,
 * which is the command line's to understand and, if need be, to refuse.
 */
export const textUiAsked = (argv: readonly string[], languages: readonly Language[]): Invocation | undefined => {
  const sources: string[] = [];
  let language: Language | undefined;
  let hasColour = true;
  const rest = argv.flatMap((argument) => {
    const [, name, value] = /^(--(?:disk|lang))=(.*)$/s.exec(argument) ?? [];
    return name !== undefined && value !== undefined ? [name, value] : [argument];
  });
  for (let option = rest.shift(); option !== undefined; option = rest.shift()) {
    if (option === '--no-color') {
      hasColour = false;
      continue;
    }
    const value = rest.shift();
    if (value === undefined) return undefined;
    if (option === '--disk') sources.push(value);
    else if (option === '--lang') {
      language = languages.find((each) => each === value);
      if (language === undefined) return undefined;
    } else return undefined;
  }
  return { sources, language, hasColour };
};
