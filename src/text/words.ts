/**
 * The same words in another language: whatever English has, with the same details. A sentence that is missing does not
 * compile, and neither does one too many.
 */
export type Words<T> = T extends string
  ? string
  : T extends (...details: infer Details) => infer Said
    ? (...details: Details) => Words<Said>
    : T extends readonly (infer Each)[]
      ? readonly Words<Each>[]
      : { readonly [Name in keyof T]: Words<T[Name]> };
