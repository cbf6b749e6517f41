/**
 * What the layouts are called by those who type on them, in their own language. A layout that is not in this list is
 * shown under its file's name.
 */
const names: Readonly<Record<string, string>> = {
  at: 'Deutsch (Österreich)',
  be: 'Belge / Belgisch',
  br: 'Português (Brasil)',
  'ca-fr': 'Français (Canada)',
  ch: 'Schweiz / Suisse',
  'ch-de': 'Deutsch (Schweiz)',
  'ch-fr': 'Français (Suisse)',
  cz: 'Čeština',
  de: 'Deutsch',
  dk: 'Dansk',
  dvorak: 'English (Dvorak)',
  es: 'Español',
  'es-latam': 'Español (Latinoamérica)',
  fi: 'Suomi',
  fr: 'Français',
  'fr-bepo': 'Français (bépo)',
  gb: 'English (UK)',
  hu: 'Magyar',
  ie: 'English (Ireland)',
  it: 'Italiano',
  nl: 'Nederlands',
  no: 'Norsk',
  pl: 'Polski',
  pt: 'Português',
  se: 'Svenska',
  uk: 'English (UK)',
  us: 'English (US)',
  'us-intl': 'English (US, international)',
};

export const layoutName = (layout: string): string => names[layout] ?? '';

/** The layouts with a name, which people look for, before what else the machine has. */
export const inOrder = (layouts: readonly string[]): readonly string[] => [
  ...layouts.filter((layout) => names[layout] !== undefined),
  ...layouts.filter((layout) => names[layout] === undefined),
];
