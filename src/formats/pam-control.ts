/** What a module can answer (_pam_types.h), by the names that stand in brackets. */
export const pamReturns = [
  ...([
    'success',
    'open_err',
    'symbol_err',
    'service_err',
    'system_err',
    'buf_err',
    'perm_denied',
    'auth_err',
  ] as const),
  ...([
    'cred_insufficient',
    'authinfo_unavail',
    'user_unknown',
    'maxtries',
    'new_authtok_reqd',
    'acct_expired',
  ] as const),
  ...([
    'session_err',
    'cred_unavail',
    'cred_expired',
    'cred_err',
    'no_module_data',
    'conv_err',
    'authtok_err',
  ] as const),
  ...(['authtok_recover_err', 'authtok_lock_busy', 'authtok_disable_aging', 'try_again', 'ignore', 'abort'] as const),
  ...(['authtok_expired', 'module_unknown', 'bad_item', 'conv_again', 'incomplete'] as const),
] as const;

export type PamReturn = (typeof pamReturns)[number];

/** What becomes of the stack after an answer; a number: so many modules are passed over. */
export type PamAction = 'ignore' | 'ok' | 'done' | 'bad' | 'die' | 'reset' | number;

/** What to do after each answer. */
export type PamControl = (answer: PamReturn) => PamAction;

const words: Readonly<Record<string, { readonly good: PamAction; readonly other: PamAction }>> = {
  required: { good: 'ok', other: 'bad' },
  requisite: { good: 'ok', other: 'die' },
  optional: { good: 'ok', other: 'ignore' },
  sufficient: { good: 'done', other: 'ignore' },
};

/** `required`, `[success=1 default=ignore]` (pam.conf(5)). What is no control at all fails whatever the module answers. */
export const parsePamControl = (text: string): PamControl => {
  const word = words[text.toLowerCase()];
  if (word)
    return (answer) => {
      if (answer === 'success' || answer === 'new_authtok_reqd') return word.good;
      return answer === 'ignore' ? 'ignore' : word.other;
    };
  const actions = new Map<string, PamAction>();
  for (const [, name = '', action = ''] of text.matchAll(/([a-z_]+)[ \t]*=[ \t]*([a-z]+|\d{1,4})/gi))
    actions.set(name.toLowerCase(), actionOf(action.toLowerCase()));
  const rest = actions.get('default') ?? 'bad';
  return (answer) => actions.get(answer) ?? rest;
};

const actionOf = (text: string): PamAction => {
  if (/^\d+$/.test(text)) return Number(text) === 0 ? 'ignore' : Number(text);
  const known = ['ignore', 'ok', 'done', 'bad', 'die', 'reset'] as const;
  return known.find((action) => action === text) ?? 'bad';
};
