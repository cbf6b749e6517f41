/** Hash schemes by crypt(5)'s prefix, as far as anything depends on which one it is. */
const names: Readonly<Record<string, string>> = {
  '1': 'md5crypt',
  '5': 'sha256crypt',
  '6': 'sha512crypt',
  '2a': 'bcrypt',
  '2b': 'bcrypt',
  '2y': 'bcrypt',
  y: 'yescrypt',
  gy: 'gost-yescrypt',
  '7': 'scrypt',
};

/** What each scheme's hash looks like in full, where that is simple: a hash cut short by copying would open nothing. */
const shapes: Readonly<Record<string, RegExp>> = {
  bcrypt: /^\$2[aby]\$\d\d\$[./0-9A-Za-z]{53}$/,
  sha256crypt: /^\$5\$(rounds=\d{1,9}\$)?[^$]{0,16}\$[./0-9A-Za-z]{43}$/,
  sha512crypt: /^\$6\$(rounds=\d{1,9}\$)?[^$]{0,16}\$[./0-9A-Za-z]{86}$/,
};

/** The scheme of a hash that crypt(3) could have made, in the characters that a shadow file can hold; undefined for anything else. */
export const cryptScheme = (hash: string): string | undefined => {
  const [, prefix = ''] = /^\$([0-9a-z]{1,2})\$[!-9;-~]{20,}$/.exec(hash) ?? [];
  const name = names[prefix];
  if (name === undefined) return undefined;
  return shapes[name]?.test(hash) === false ? undefined : name;
};
