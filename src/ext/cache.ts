/** A map of so many entries that forgets those that were asked for longest ago. */
export interface Cache<Value> {
  get(key: number, make: (key: number) => Value): Value;
}

export const createCache = <Value>(size: number): Cache<Value> => {
  const entries = new Map<number, Value>();
  return {
    get: (key, make) => {
      const known = entries.get(key);
      if (known !== undefined) {
        entries.delete(key);
        entries.set(key, known);
        return known;
      }
      const made = make(key);
      entries.set(key, made);
      const [oldest] = entries.size > size ? entries.keys() : [];
      if (oldest !== undefined) entries.delete(oldest);
      return made;
    },
  };
};
