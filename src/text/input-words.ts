/** What people read of each kind of input, where it is read in a way of its own. */
export interface InputWords {
  /** Behind the sentence of an input, on the command line: how it is given there. */
  readonly cli: Readonly<Record<'public-key' | 'destination' | 'file', string>>;
}
